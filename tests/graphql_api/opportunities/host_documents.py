"""What the tests of hosts send: the operations of the contract, and those that were added to it."""

from __future__ import annotations

from tests.graphql_api.opportunities.documents import _with_fragments

UPDATE_HOST = _with_fragments("""
mutation UpdateHost($input: UpdateHostInput!) {
  updateHost(input: $input) { __typename ... on OpportunityHost { id organizationName website isVerified } ...Problems }
}""")
INVITE_HOST_MEMBER = _with_fragments("""
mutation InviteHostMember($input: InviteHostMemberInput!) {
  inviteHostMember(input: $input) { __typename ... on HostMembership { id role isAccepted } ...Problems }
}""")
ACCEPT_HOST_INVITATION = _with_fragments("""
mutation AcceptHostInvitation($input: AcceptHostInvitationInput!) {
  acceptHostInvitation(input: $input) { __typename ... on HostMembership { id role isAccepted } ...Problems }
}""")
CHANGE_HOST_MEMBER_ROLE = _with_fragments("""
mutation ChangeHostMemberRole($input: ChangeHostMemberRoleInput!) {
  changeHostMemberRole(input: $input) { __typename ... on HostMembership { id role } ...Problems }
}""")
REMOVE_HOST_MEMBER = _with_fragments("""
mutation RemoveHostMember($input: RemoveHostMemberInput!) {
  removeHostMember(input: $input) { __typename ... on OpportunityHost { id members { id } } ...Problems }
}""")
UPDATE_OPPORTUNITY = _with_fragments("""
mutation UpdateOpportunity($input: UpdateOpportunityInput!) {
  updateOpportunity(input: $input) { __typename ...OpportunityCard ...Problems }
}""")
CLOSE_OPPORTUNITY = _with_fragments("""
mutation CloseOpportunity($input: CloseOpportunityInput!) {
  closeOpportunity(input: $input) { __typename ...OpportunityCard ...Problems }
}""")
CANCEL_OPPORTUNITY = _with_fragments("""
mutation CancelOpportunity($input: CancelOpportunityInput!) {
  cancelOpportunity(input: $input) { __typename ...OpportunityCard ...Problems }
}""")
ADD_ROLE = _with_fragments("""
mutation AddRole($input: AddRoleInput!) {
  addRole(input: $input) {
    __typename ...RoleFields ... on Role { requiredCourses { id title } requiredVerifications } ...Problems
  }
}""")
UPDATE_ROLE = _with_fragments("""
mutation UpdateRole($input: UpdateRoleInput!) {
  updateRole(input: $input) {
    __typename ...RoleFields ... on Role { requiredCourses { id title } requiredVerifications } ...Problems
  }
}""")
MEMBERS = """query Members($id: ID!) { host(id: $id) {
  organizationName myMembership { id role isAccepted } members { id role isAccepted email user { displayName } }
} }"""
HOST_OPPORTUNITIES = """query Offers($id: ID!, $status: OpportunityStatus) {
  host(id: $id) { opportunities(status: $status) { totalCount edges { node { id } } } } }"""
MY_HOSTS = "{ me { hostMemberships { id role isAccepted host { id organizationName } } } }"
