"""Write a simulated area as the export of a coding tool, one module a tool."""

from analysis.example.exports.bundle import Bundle, bundles

__all__ = ["Bundle", "bundles"]
