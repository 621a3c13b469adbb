"""The worlds of the six kinds of institution: words by whose stems advice shows for whom it is, and verbs of doing."""

from __future__ import annotations

import re

STEMS = {
    "foreign-affairs": """embass ambassador diplomat mission delegation treaty treaties consul desk envoy posts posted
        foreign bilateral negotiat multilateral briefing cable talking statement neighbour geneva""",
    "justice": """prosecut judge judicia court law lawyer code bill charge witness legal trial legislat offence statute
        judgment evidence indict magistrat sentenc""",
    "defence": """soldier officer command militar cadet contingent troop rules arm armed army armies garrison exercise
        deploy peacekeep staff recruit battalion barracks doctrine uniform""",
    "interior": """police district border station governor regist commissioner patrol prefect municipal mayor permit
        crowd identity provinc hotline officer asylum local""",
    "education": """school teach curricul textbook pupil universit inspector classroom lesson student exam college
        educat historian librar""",
    "human-rights": """complaint inquir visit investigat hearing hear recommend independen monitor parliament detention
        ombud accredit finding testimon victim communit sister publish""",
}
VERBS = """
    add agree appoint ask assign begin bring build call check choose circulate collect compare compile conduct
    convene copy count create decide define describe discuss document draft draw enter examine explain fill find
    form forward give go hand hear hold identify include insert instruct interview introduce invite issue join keep
    lay lead learn lend let list listen look make map mark match measure meet mention move name note nominate number
    offer open order organise pair pass pick place plan point post prepare present print propose protect provide
    publish put raise read record reduce register rehearse replace report request require reserve resolve respond
    return review revise ring rotate run schedule search see seek select send separate serve set share show sign sit
    sort speak start state submit supply support survey take talk teach tell test time train transfer translate try
    turn update use verify visit walk watch work write
"""


def speaks_to(sector: str, text: str) -> bool:
    """Whether a text holds a word of that institution's world."""
    words = re.findall(r"\w+", text.lower())
    return any(word.startswith(stem) for stem in STEMS[sector].split() for word in words)


def names_an_act(text: str) -> bool:
    """Whether a text says what to do."""
    return bool(set(VERBS.split()).intersection(re.findall(r"\w+", text.lower())))
