"""One factory for each table: what it makes is valid and agrees with the rows around it."""

from tests.factories.accounts import (
    PASSWORD,
    BlockFactory,
    EmailAddressFactory,
    KnownNetworkFactory,
    ProfilePictureFactory,
    SessionFactory,
    UserFactory,
    UserProfileFactory,
)
from tests.factories.base import MailJobFactory, OutboxEntryFactory
from tests.factories.events import (
    CalendarFeedFactory,
    EventChangeFactory,
    EventFactory,
    EventTicketFactory,
    FormerCodeFactory,
    ScanFactory,
    creator_of,
)
from tests.factories.hours import HoursEntryFactory, ServiceRecordFactory
from tests.factories.learning import CourseFactory, EnrollmentFactory, ModuleCompletionFactory, ModuleFactory
from tests.factories.messaging import (
    ConversationEventFactory,
    ConversationFactory,
    MessageAttachmentFactory,
    MessageFactory,
    ParticipantFactory,
    ReactionFactory,
    conversation_between,
    direct_key,
)
from tests.factories.model_factory import factory_of
from tests.factories.moderation import ContentReportFactory, ReportFileFactory, ReportNoteFactory
from tests.factories.notifications import (
    DigestFactory,
    MailDeliveryFactory,
    NotificationFactory,
    PreferenceFactory,
    PushDeliveryFactory,
    PushSubscriptionFactory,
)
from tests.factories.opportunities import (
    ApplicationFactory,
    ApplicationHistoryFactory,
    CauseFactory,
    HostMembershipFactory,
    ListingFactory,
    OpportunityChangeFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    PreferredCauseFactory,
    RoleFactory,
    RoleSkillFactory,
    SourceFactory,
    owner_of,
)
from tests.factories.skills import (
    ResumeFactory,
    ResumeSuggestionFactory,
    SkillAliasFactory,
    SkillFactory,
    SkillIdentifierFactory,
    UserSkillFactory,
)
from tests.factories.verification import VerificationCaseFactory
