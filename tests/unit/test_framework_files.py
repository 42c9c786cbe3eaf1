"""The codebooks that come with the workbench hold what the publications name, and are complete."""

import re

import pytest

from analysis.framework import Framework, find_factor, load_frameworks

FRAMEWORKS = load_frameworks()
EVERY = [pytest.param(framework, id=key) for key, framework in FRAMEWORKS.items()]

# Munro, Burbidge and Robson (2017): the four groups and eleven factors as published.
PUBLISHED = {
    ("Convene around places", "make the time and capacity to engage with partners"): {
        1: "Focus on local citizens and places",
        2: "Develop honest, committed relationships",
    },
    ("Take a system focus", "a strategic, outcomes-focused approach"): {
        3: "Think and act systemically",
        4: "Agree a clear purpose, outcomes and priorities",
        5: "Encourage long-term political support",
    },
    ("Develop an entrepreneurial edge", "a transformational approach"): {
        6: "Be optimistic, courageous and creative",
        7: "Be passionate, persuasive and persistent",
        8: "Track, reflect, learn and adapt",
    },
    ("Build a shared ethos", "engage others across the system"): {
        9: "Empower middle managers and engage the frontline workforce",
        10: "Actively involve service users and citizens",
        11: "Devote time, energy and resources to the process",
    },
}

#: Groups and factors that each publication (or its report in the sources) names; do they wait to be verified?
SIZES = {
    "transforming-together": (4, 11, False),
    "challenges": (3, 9, False),
    "what-helps": (2, 9, False),
    "national-support": (0, 8, False),
    "partnership-capital": (3, 8, False),
    "building-blocks": (0, 9, True),
    "place-principles": (2, 5, False),
    "delivery-framework": (4, 12, True),
    "readiness-index": (0, 6, True),
    "collaborative-society": (0, 6, False),
    "innovation-outcomes": (3, 8, False),
}


def test_the_primary_framework_is_the_published_one() -> None:
    framework = FRAMEWORKS["transforming-together"]
    found = {
        (group.label, group.strapline): {
            factor.number: factor.label for factor in framework.factors if factor.group == group.key
        }
        for group in framework.groups
    }
    assert found == PUBLISHED


def test_every_framework_of_the_sources_is_there() -> None:
    found = {
        key: (len(f.groups), len(f.factors), all(factor.verify for factor in f.factors))
        for key, f in FRAMEWORKS.items()
    }
    assert found == SIZES


@pytest.mark.parametrize("framework", EVERY)
def test_every_factor_can_be_coded_and_rated(framework: Framework) -> None:
    assert [factor.number for factor in framework.factors] == list(range(1, len(framework.factors) + 1))
    assert len(framework.intensity) == 4
    for factor in framework.factors:
        assert len(framework.anchors_of(factor)) == 5, factor.key
        assert len(set(framework.anchors_of(factor))) == 5, factor.key
        assert factor.statement, factor.key
        assert factor.code_when_not, factor.key
        assert factor.aliases, factor.key


def test_the_primary_framework_is_complete() -> None:
    for factor in FRAMEWORKS["transforming-together"].factors:
        assert min(len(factor.code_when), len(factor.code_when_not)) >= 2
        assert len(factor.questions) == 3
        assert any("Example: " in rule for rule in factor.code_when)
        assert len(factor.anchors) == 5


@pytest.mark.parametrize("framework", EVERY)
def test_references_in_the_rules_exist(framework: Framework) -> None:
    for factor in framework.factors:
        for rule in factor.code_when_not:
            for reference in re.findall(r"\b([a-z-]+/[a-z_-]+)", rule):
                find_factor(reference, FRAMEWORKS)
            for number, key in re.findall(r"\b(\d+), ([a-z_-]+)", rule):
                assert framework.factor(number).key == key, (factor.key, rule)
