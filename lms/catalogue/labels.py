"""The few words that rendering adds to a text, in the text's own language (which need not be the page's)."""

from __future__ import annotations

from .rules.scoring import SCORES

_LABELS: dict[str, dict[str, str]] = {
    "source": {"en": "Source {}", "es": "Fuente {}", "fr": "Source {}"},
    "timeline": {"en": "What happened when", "es": "Cronología", "fr": "Chronologie"},
    "order-not-scale": {
        "en": "The line shows the order of events, not their distance in time.",
        "es": "La línea muestra el orden de los hechos, no su distancia en el tiempo.",
        "fr": "La ligne montre l’ordre des faits, non leur distance dans le temps.",
    },
    "true-scale": {
        "en": "On a true scale: equal lengths are equal times.",
        "es": "A escala: longitudes iguales son tiempos iguales.",
        "fr": "À l’échelle : à longueur égale, durée égale.",
    },
    "in-words": {"en": "The figure in words", "es": "La figura en palabras", "fr": "La figure en mots"},
    "actors": {"en": "Who acted", "es": "Quiénes actuaron", "fr": "Qui a agi"},
    "decisions": {"en": "Points of decision", "es": "Puntos de decisión", "fr": "Points de décision"},
    "debrief": {"en": "Questions for the debrief", "es": "Preguntas para el análisis", "fr": "Questions pour le bilan"},
    "rubric": {
        "en": "Three factors to score a case by",
        "es": "Tres factores para valorar un caso",
        "fr": "Trois facteurs pour évaluer un cas",
    },
    "factor": {"en": "Factor", "es": "Factor", "fr": "Facteur"},
    "question": {"en": "Question", "es": "Pregunta", "fr": "Question"},
    "scale": {"en": "A score from 0 to 3:", "es": "Una puntuación de 0 a 3:", "fr": "Une note de 0 à 3 :"},
    "score": {"en": "{}: {}", "es": "{}: {}", "fr": "{} : {}"},
    "score-0": {"en": "not at all", "es": "nada", "fr": "pas du tout"},
    "score-1": {"en": "a little", "es": "un poco", "fr": "un peu"},
    "score-2": {"en": "in good part", "es": "en buena parte", "fr": "en bonne partie"},
    "score-3": {"en": "fully", "es": "plenamente", "fr": "pleinement"},
    "needs-review": {"en": "needs review", "es": "por revisar", "fr": "à vérifier"},
    "whole-picture": {"en": "The whole picture", "es": "La imagen completa", "fr": "L’image entière"},
    "scroll": {"en": "Table", "es": "Tabla", "fr": "Tableau"},
}


def label(key: str, language: str) -> str:
    """The words for `key` in `language`; English where we have none."""
    words = _LABELS[key]
    return words.get(language, words["en"])


def scores(language: str) -> list[tuple[int, str]]:
    """Every score with its words, such as “0: not at all”."""
    said = label("score", language)
    return [(score, said.format(score, label(f"score-{score}", language))) for score in SCORES]
