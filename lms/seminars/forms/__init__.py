"""Shape and type of what coordinators and participants send."""

from __future__ import annotations

from .attendance import ATTESTED as ATTESTED
from .attendance import AttestForm as AttestForm
from .attendance import SessionForm as SessionForm
from .calls import CallForm as CallForm
from .editions import DueForm as DueForm
from .editions import EditionDeadlineForm as EditionDeadlineForm
from .editions import EditionForm as EditionForm
from .editions import NewEditionForm as NewEditionForm
from .institutions import InstitutionForm as InstitutionForm
from .people import AnswerForm as AnswerForm
from .people import CompanionForm as CompanionForm
from .people import ContactForm as ContactForm
from .people import DeadlineForm as DeadlineForm
from .people import DeclineForm as DeclineForm
from .people import DeferForm as DeferForm
from .people import ImportForm as ImportForm
from .people import JoinForm as JoinForm
from .people import MessageForm as MessageForm
from .people import NomineeForm as NomineeForm
from .people import ReasonForm as ReasonForm
from .people import ReplaceForm as ReplaceForm
from .people import SensitiveForm as SensitiveForm
from .people import TwoAddressesForm as TwoAddressesForm
