"""The worlds of the six kinds of institution: words by whose stems advice shows for whom it is, and verbs of doing."""

from __future__ import annotations

import re

# By the beginning of a word; a stem that is a common word in other worlds tells nothing and is left out.
STEMS = {
    "foreign-affairs": """embass ambassador diplomat mission delegation treaty treaties consul desk envoy posts posted
        foreign bilateral negotiat multilateral briefing cable talking statement neighbour geneva""",
    "justice": """prosecut judge judicia court lawyer clause code charge witness legal trial legislat offence statute
        judgment evidence indict magistrat sentenc""",
    "defence": """soldier officer command militar cadet contingent troop armed army armies garrison exercise
        deploy peacekeep recruit battalion barracks doctrine uniform""",
    "interior": """police district border station governor regist commissioner patrol prefect municipal mayor permit
        crowd identity provinc hotline asylum""",
    "education": """school teach curricul textbook pupil universit inspector classroom lesson student exam college
        educat historian librar""",
    "human-rights": """complaint inquir investigat hearing recommend independen monitor parliament detention
        ombud accredit finding testimon victim communit sister publish""",
}
MARK = re.compile(r"\[@[^\]]*\]|\[\[[^\]|]*\|?|\]\]")
VERBS = """
    add advise agree answer appoint arrange ask assign begin bring build call change check choose circulate clear
    collect compare compile conduct convene copy count create decide define describe discuss document draft draw
    encourage enter examine explain fill find forbid forward give go hand have hear hold identify include insert
    instruct interview introduce invite issue join keep lay lead learn lend let list listen look make map mark match
    measure meet mention move name nominate note number offer open organise pass pick plan post prepare present
    print propose protect provide publish put raise read record reduce register rehearse replace request require
    reserve resolve respond return review revise ring rotate run schedule search see seek select send separate serve
    set share show sit sort start steer submit supply support survey take talk teach tell test train transfer
    translate treat try turn update use verify visit walk win work write
"""


def speaks_to(sector: str, text: str) -> bool:
    """Whether a text holds a word of that institution's world."""
    words = re.findall(r"\w+", text.lower())
    return any(word.startswith(stem) for stem in STEMS[sector].split() for word in words)


def names_an_act(text: str) -> bool:
    """Whether a text tells its reader to do something: a clause begins with a verb of doing, or somebody can do it."""
    verbs = set(VERBS.split())
    clauses = re.split(r"[.?!:;,]\s+(?:and |then |or )?", MARK.sub("", text))
    begun = {found[0].lower() for clause in clauses if (found := re.match(r"\w+", clause.strip()))}
    return bool(begun & verbs) or any(verb in verbs for verb in re.findall(r"\b(?:can|should|must) (\w+)", text))
