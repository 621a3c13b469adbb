"""What is true of persons, names, mandates, sessions and codes, as pure functions."""

from .mandates import ALLOWED_SCOPES as ALLOWED_SCOPES
from .mandates import Grant as Grant
from .mandates import MandateActKind as MandateActKind
from .mandates import MandateRefusal as MandateRefusal
from .mandates import MandateState as MandateState
from .mandates import Role as Role
from .mandates import Scope as Scope
from .mandates import ScopeKind as ScopeKind
from .mandates import scope_of as scope_of
from .names import NameOrder as NameOrder
from .names import PersonName as PersonName
