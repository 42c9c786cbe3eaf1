"""The simulated six-area study: its stated truth, its tables and its raw files."""

from analysis.example.answers import truth
from analysis.example.design import Design
from analysis.example.simulation import Simulation, simulate
from analysis.example.write import Written, write_example

__all__ = ["Design", "Simulation", "Written", "simulate", "truth", "write_example"]
