"""What the tests of opportunities send: the operations of the contract, with their fragments."""

from __future__ import annotations

FRAGMENTS = """
fragment Problems on OperationInfo { messages { kind code field message } }
fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }
fragment OpportunityCard on Opportunity {
  id title status kind startDate endDate locationZip isRemote host { id organizationName isVerified }
}
fragment RoleFields on Role {
  id title description slotsAvailable slotsTaken slotsRemaining requiresApproval
  skills { isRequired isDeveloped skill { id name } }
}
fragment ApplicationFields on Application {
  id status submittedAt coverLetter waitlistPosition offerExpiresAt
  volunteer { id displayName } role { id title opportunity { id title } }
}
"""


def _with_fragments(document: str) -> str:
    """Return the document with those fragments that it spreads, through each other."""
    fragments = {part.split()[0]: f"fragment {part}" for part in FRAGMENTS.split("fragment ")[1:]}
    return document + "".join(text for name, text in fragments.items() if f"...{name}" in document)


OPPORTUNITIES = _with_fragments("""
query Opportunities(
  $filters: OpportunityFilter, $ordering: [OpportunityOrder!], $first: Int, $after: String, $last: Int, $before: String
) {
  opportunities(
    filters: $filters, ordering: $ordering, first: $first, after: $after, last: $last, before: $before
  ) {
    totalCount pageInfo { ...PageFields }
    edges { cursor node {
      ...OpportunityCard
      roles { ...RoleFields myApplication { ...ApplicationFields } eligibility { isEligible } }
    } }
  }
}""")
TITLES = """
query Titles($filters: OpportunityFilter, $ordering: [OpportunityOrder!]) {
  opportunities(filters: $filters, ordering: $ordering) { edges { node { title } } }
}"""
DETAIL = _with_fragments("""
query OpportunityDetail($id: ID!) {
  opportunity(id: $id) {
    ...OpportunityCard description impactStatement locationText closedReason
    location { latitude longitude } causes { id name }
    source { name url externalId firstSeenAt lastSeenAt organizationName }
    roles { ...RoleFields myApplication { ...ApplicationFields } eligibility { isEligible reasons { code message } } }
  }
}""")
HOST_APPLICATIONS = _with_fragments("""
query HostApplications($opportunityId: ID!, $first: Int, $after: String) {
  opportunity(id: $opportunityId) {
    id applications(first: $first, after: $after) { totalCount edges { node { ...ApplicationFields } } }
  }
}""")
MY_APPLICATIONS = _with_fragments("""
query MyApplications($first: Int, $after: String) {
  me {
    applications(first: $first, after: $after) {
      totalCount
      edges {
        node { ...ApplicationFields history { fromStatus toStatus at reason actor { id displayName } } }
      }
    }
  }
}""")
TRENDING = _with_fragments("""
query TrendingOpportunities($first: Int) { trendingOpportunities(first: $first) { ...OpportunityCard } }""")
RECOMMENDED_OPPORTUNITIES = _with_fragments("""
query RecommendedOpportunities($first: Int) {
  recommendedOpportunities(first: $first) {
    score reasons { code message } role { ...RoleFields } opportunity { ...OpportunityCard }
  }
}""")
RECOMMENDED_VOLUNTEERS = """
query RecommendedVolunteers($roleId: ID!, $first: Int) {
  recommendedVolunteers(roleId: $roleId, first: $first) {
    score reasons { code message } volunteer { id displayName }
  }
}"""
NODE = "query NodeById($id: ID!) { node(id: $id) { __typename id } }"

CREATE_HOST = _with_fragments("""
mutation CreateHost($input: CreateHostInput!) {
  createHost(input: $input) { __typename ... on OpportunityHost { id organizationName isVerified } ...Problems }
}""")
CREATE_OPPORTUNITY = _with_fragments("""
mutation CreateOpportunity($input: CreateOpportunityInput!) {
  createOpportunity(input: $input) {
    __typename ...OpportunityCard ... on Opportunity { roles { ...RoleFields } } ...Problems
  }
}""")
PUBLISH_OPPORTUNITY = _with_fragments("""
mutation PublishOpportunity($input: PublishOpportunityInput!) {
  publishOpportunity(input: $input) { __typename ...OpportunityCard ...Problems }
}""")
APPLY_TO_ROLE = _with_fragments("""
mutation ApplyToRole($input: ApplyToRoleInput!) {
  applyToRole(input: $input) { __typename ...ApplicationFields ...Problems }
}""")
DECIDE_APPLICATION = _with_fragments("""
mutation DecideApplication($input: DecideApplicationInput!) {
  decideApplication(input: $input) { __typename ...ApplicationFields ...Problems }
}""")
WITHDRAW_APPLICATION = _with_fragments("""
mutation WithdrawApplication($input: WithdrawApplicationInput!) {
  withdrawApplication(input: $input) { __typename ...ApplicationFields ...Problems }
}""")
COMPLETE_APPLICATION = _with_fragments("""
mutation CompleteApplication($input: CompleteApplicationInput!) {
  completeApplication(input: $input) { __typename ...ApplicationFields ...Problems }
}""")
ANSWER_OFFER = _with_fragments("""
mutation AnswerOffer($input: AnswerOfferInput!) {
  answerOffer(input: $input) { __typename ...ApplicationFields ...Problems }
}""")

LOG_HOURS = _with_fragments("""
mutation LogHours($input: LogHoursInput!) {
  logHours(input: $input) { __typename ... on HoursEntry { id status hours countedHours corrects { id } } ...Problems }
}""")
REVIEW_HOURS = _with_fragments("""
mutation ReviewHours($input: ReviewHoursInput!) {
  reviewHours(input: $input) { __typename ... on HoursEntry { id status hours countedHours reviewNote } ...Problems }
}""")
CREATE_SERVICE_RECORD = _with_fragments("""
mutation CreateServiceRecord($input: CreateServiceRecordInput!) {
  createServiceRecord(input: $input) {
    __typename ... on ServiceRecord { id code url approvedHours isRevoked since until } ...Problems
  }
}""")
REVOKE_SERVICE_RECORD = _with_fragments("""
mutation RevokeServiceRecord($input: RevokeServiceRecordInput!) {
  revokeServiceRecord(input: $input) {
    __typename ... on ServiceRecord { id code url approvedHours isRevoked } ...Problems
  }
}""")
MY_IMPACT = """
query MyImpact {
  me { impact {
    approvedHours opportunitiesCompleted eventsAttended skillsDeveloped { id name } hoursByMonth { month hours }
  } }
}"""
MY_RECORDS = "{ me { serviceRecords { id code approvedHours isRevoked since until createdAt } } }"
HOST_FIGURES = """
query HostFigures($id: ID!) {
  node(id: $id) { ... on OpportunityHost {
    impact { approvedHours volunteers opportunitiesCompleted hoursByMonth { month hours } }
    hoursToReview { totalCount edges { node { id status application { volunteer { displayName } } } } }
  } }
}"""
