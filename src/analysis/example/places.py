"""Where the simulated study takes place, whom it speaks with, and what is rated."""

from __future__ import annotations

from dataclasses import dataclass

#: Facets of the outcome and how closely each follows the partnership's innovation.
FACETS = {
    "novelty": 0.80,
    "implementation": 0.90,
    "economic_value": 0.75,
    "social_value": 0.90,
    "population_outcomes": 0.80,
}

STUDY_YEAR = 2016
MONTHS = tuple(f"{STUDY_YEAR}-{month:02d}" for month in range(2, 12))

#: Roles by sector with their weight; the council's own come first.
ROLES = (
    ("council leader", "council", 1.0),
    ("cabinet member", "council", 1.0),
    ("chief executive", "council", 1.2),
    ("director", "council", 1.6),
    ("middle manager", "council", 1.8),
    ("frontline worker", "council", 1.2),
    ("joint health and social care lead", "NHS", 1.5),
    ("health manager", "NHS", 2.0),
    ("police commander", "police", 1.6),
    ("voluntary-sector chief executive", "voluntary", 2.4),
    ("community worker", "voluntary", 1.2),
    ("vice chancellor", "university", 0.8),
    ("college principal", "education", 0.8),
    ("housing association director", "housing", 1.2),
    ("fire service manager", "fire", 0.9),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One area of the study and what its partnerships work on (labels are invented)."""

    key: str
    name: str
    nation: str
    council_type: str
    partnerships: tuple[tuple[str, str], ...]


PLACES = (
    Place(
        "brighton-and-hove",
        "Brighton and Hove",
        "England",
        "unitary",
        (
            ("City neighbourhood hubs", "neighbourhoods"),
            ("A home for everyone", "homelessness"),
            ("Greener streets", "environment"),
        ),
    ),
    Place(
        "cheshire-east",
        "Cheshire East",
        "England",
        "unitary",
        (("Early help for families", "children and families"), ("Market towns growth", "economic growth")),
    ),
    Place(
        "monmouthshire",
        "Monmouthshire",
        "Wales",
        "Welsh unitary",
        (
            ("Care closer to home", "health and social care"),
            ("Whole-place towns", "town centres"),
        ),
    ),
    Place(
        "south-tyneside",
        "South Tyneside",
        "England",
        "metropolitan borough",
        (
            ("Health and care alliance", "health and social care"),
            ("Routes into work", "employment and skills"),
            ("Safer streets together", "community safety"),
        ),
    ),
    Place(
        "surrey",
        "Surrey",
        "England",
        "county",
        (
            ("Family support programme", "children and families"),
            ("Emergency services together", "emergency services"),
            ("Ageing well at home", "ageing"),
        ),
    ),
    Place(
        "wigan",
        "Wigan",
        "England",
        "metropolitan borough",
        (
            ("Healthy neighbourhoods", "neighbourhoods"),
            ("Work and wellbeing", "employment and skills"),
            ("Town centre renewal", "town centres"),
        ),
    ),
)
