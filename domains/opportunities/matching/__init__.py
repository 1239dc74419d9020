"""How well a volunteer and a role fit each other: a score from 0 to 100 and the reasons that it is the sum of.

Pure: nothing here reads a table or a clock. Points are counted in whole tenths, so that the reasons of a score add up
to it exactly. What may be asked of it, and tests ask: one more skill never lowers a score, nor does being nearer, and
the order of what comes out does not depend on the order of what came in.
"""

from domains.opportunities.eligibility import Span
from domains.opportunities.matching.picking import PER_HOST, TOP, pick
from domains.opportunities.matching.scoring import match_role, match_volunteer
from domains.opportunities.matching.shapes import (
    HeldSkill,
    Match,
    Reason,
    RoleCandidate,
    Volunteer,
    WantedSkill,
)
from domains.opportunities.matching.weights import COARSE_BANDS, DISTANCE_BANDS, WEIGHTS, Factor
