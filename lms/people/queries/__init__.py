"""Every read of persons, institutions and mandates."""

from .institutions import AffiliationView as AffiliationView
from .institutions import InstitutionView as InstitutionView
from .institutions import affiliation_on as affiliation_on
from .institutions import institution as institution
from .institutions import institutions_of as institutions_of
from .mandates import administrators as administrators
from .mandates import grants_of as grants_of
from .mandates import mandates_in_force as mandates_in_force
from .persons import NO_NAME as NO_NAME
from .persons import Identity as Identity
from .persons import addresses_of as addresses_of
from .persons import identities_of as identities_of
from .persons import listed_name as listed_name
from .persons import name_of as name_of
from .persons import names_of as names_of
from .persons import opened as opened
from .persons import person_by_address as person_by_address
from .persons import person_by_subject as person_by_subject
from .persons import person_name as person_name
from .persons import subjects_of as subjects_of
from .viewers import Viewer as Viewer
from .viewers import viewer_for_host as viewer_for_host
from .viewers import viewer_for_person as viewer_for_person
from .viewers import viewer_for_token as viewer_for_token
