"""Every change to persons, institutions, mandates and sign-in."""

from .institutions import affiliate as affiliate
from .institutions import create_institution as create_institution
from .institutions import move as move
from .institutions import sync_states as sync_states
from .mandates import confirm as confirm
from .mandates import confirm_alone as confirm_alone
from .mandates import decline as decline
from .mandates import end as end
from .mandates import grant_by_operator as grant_by_operator
from .mandates import propose as propose
from .persons import create_person as create_person
from .persons import person_for_address as person_for_address
from .sessions import end_other_sessions as end_other_sessions
from .sessions import end_session as end_session
from .sessions import start_session as start_session
