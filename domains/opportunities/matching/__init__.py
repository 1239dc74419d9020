"""How well a volunteer and a role fit each other: a score from 0 to 100 and the reasons that add up to it.

Pure: nothing here reads a table or a clock. Points are counted in whole tenths, so that the reasons add up to the score
exactly. Tests check these properties: one more skill never lowers a score, nor does being nearer, and the order of the
results does not depend on the order of the input.
"""

from domains.opportunities.eligibility import Span
from domains.opportunities.matching.picking import MAX_PER_HOST_IN_TOP, TOP_SIZE, pick_matches
from domains.opportunities.matching.scoring import match_role, match_volunteer
from domains.opportunities.matching.shapes import (
    UNKNOWN_TIMES,
    FreeTimes,
    HeldSkill,
    Match,
    Reason,
    RoleCandidate,
    Volunteer,
    WantedSkill,
)
from domains.opportunities.matching.weights import DISTANCE_BANDS, HOST_DISTANCE_BANDS, WEIGHTS, Factor
