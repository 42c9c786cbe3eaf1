"""The parameters of the simulated study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.example.places import PLACES, Place


@dataclass(frozen=True, slots=True)
class Design:
    """Every parameter of the simulated study. Latent variables have mean 0 and variance 1.

    Attributes
    ----------
    places : tuple of Place
        Areas with their partnerships.
    informants : (int, int)
        Least and most interviews a partnership.
    effects : mapping of int to float
        Factor number to the correlation of its latent level with latent innovation, over all partnerships
        that could have been studied; a factor that is not named has none, by itself or through others.
    area_effects : mapping of int to float, or None
        Effects between areas, where they differ from those within areas (area-level confounding); none: the same.
    linked : float
        Latent correlation between any two factors that matter.
    within_group : float
        Latent correlation between two factors of one group that don't matter.
    between_groups : float
        Latent correlation between two factors of two groups that don't matter.
    pattern : (int, int)
        Numbers of two factors that matter and do more together than the sum of both.
    pattern_strength : float
        Coefficient of the standardised product of the two factors' latent levels.
    area_share : float
        Share of the latent variance, of factors and innovation alike, that lies between areas.
    selection : float
        Share of possible partnerships with the best reputation, from which the studied ones come; 1 for no
        selection on success.
    reputation : float
        Correlation of reputation with latent innovation.
    informant_noise : float
        Standard deviation of an informant's own view of a factor around the partnership's level.
    rating_noise : float
        Standard deviation of an informant's view of the outcome, over all facets.
    facet_noise : float
        Standard deviation of one rating of one facet around that.
    common_source : float
        Standard deviation that an informant's mood adds to all of the informant's views and ratings.
    sector_gap : mapping of int to float
        Factor number to how much higher (in latent SD) council informants see it than partners do.
    rating_gap : float
        How much higher (in latent SD) council informants rate the outcome than partners do.
    not_asked : float
        Probability that a factor did not come up for want of a question.
    silent_below : float
        Latent view below which a factor that was asked about is not raised.
    segments : float
        Mean number of segments about a factor that is raised, beyond the first.
    segment_noise : float
        Standard deviation of one segment's strength around the informant's view (in steps of intensity).
    both : float
        Probability that a segment also speaks of another factor of the same group.
    miss : float
        Probability that a coder overlooks a segment.
    confuse : float
        Probability that a coder gives the code of another factor (of the same group twice as often as of any other).
    slip : float
        Probability that a coder grades a segment one step too high or too low.
    severity : tuple of float
        One a coder: shift of the graded strength, in steps; its length is the number of coders.
    boundary : float
        Probability that a coder leaves off the last sentence of a segment.
    double_coded : float
        Share of interviews that a second coder codes too.
    other_segments : mapping of str to float
        Segments an interview about each other framework.
    challenge_link : float
        Change of the log rate of challenges for one SD more of latent innovation.
    year_effect : float
        Correlation of years of working together with latent innovation.
    voluntary_effect : float
        Correlation of the inclination to have voluntary organisations as equal partners with latent innovation.
    documents : float
        Share of partnerships whose outcomes are also rated from documents.
    unrated : float
        Probability that an informant can't rate a facet.
    """

    places: tuple[Place, ...] = PLACES
    informants: tuple[int, int] = (4, 7)
    effects: Mapping[int, float] = field(default_factory=lambda: {2: 0.80, 4: 0.50, 11: 0.50})
    area_effects: Mapping[int, float] | None = None
    linked: float = 0.30
    within_group: float = 0.40
    between_groups: float = 0.20
    pattern: tuple[int, int] = (2, 11)
    pattern_strength: float = 0.30
    area_share: float = 0.30
    selection: float = 0.70
    reputation: float = 0.70
    informant_noise: float = 0.50
    rating_noise: float = 0.80
    facet_noise: float = 0.80
    common_source: float = 0.30
    sector_gap: Mapping[int, float] = field(default_factory=lambda: {3: 0.5, 5: 0.6, 9: 0.4, 10: -0.4})
    rating_gap: float = 0.30
    not_asked: float = 0.06
    silent_below: float = -1.70
    segments: float = 1.30
    segment_noise: float = 0.35
    both: float = 0.08
    miss: float = 0.10
    confuse: float = 0.05
    slip: float = 0.15
    severity: tuple[float, ...] = (0.0, -0.15, 0.20)
    boundary: float = 0.12
    double_coded: float = 1 / 3
    other_segments: Mapping[str, float] = field(
        default_factory=lambda: {"challenges": 5.0, "what-helps": 4.0, "national-support": 3.0}
    )
    challenge_link: float = -0.25
    year_effect: float = 0.40
    voluntary_effect: float = 0.40
    documents: float = 0.50
    unrated: float = 0.05
