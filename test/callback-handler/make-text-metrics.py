"""Writes text-metrics.json: what textstat 0.7.4 says of ten texts.
python -m venv v && v/bin/pip install textstat==0.7.4 "pyphen==0.18.1" "setuptools<81" && v/bin/python test/tracker/make-text-metrics.py"""
import json, pathlib, textstat

TEXTS = [
    "Ich liebe das Programmieren.",
    "MLflow tracks LangChain runs and traces. It is an open source platform for managing the machine learning lifecycle.",
    "It would take approximately 1194.5 hours to drive to the Moon with an F1 racing car.",
    "I need the speed of an F1 car.\nAction: Search\nAction Input: top speed of F1 racing car in mph",
    "Über die Brücke gehen täglich dreißig Fußgänger. Große Übersetzungen verändern jährlich die Öffentlichkeit! Können wir überhaupt ähnlich schöne Geschichten erzählen?",
    "Die durchschnittliche Entfernung zwischen der Erde und dem Mond beträgt 384.400 Kilometer. Das ist eine sehr große Zahl, nicht wahr? Man bräuchte mit dem Auto viele Monate.",
    "Don't panic! The well-known hitchhiker's guide doesn't recommend it. It's \"mostly harmless\", they say. We've all been there; haven't we?",
    "In 1969, three astronauts traveled to the Moon. Two of them walked on its surface. The third one stayed in orbit and took photographs of an extraordinary, unforgettable landscape. Everybody watched the television transmission. 🚀🌕 What a day!",
    "Yes.",
    "Retrieval-augmented generation combines a language model with documents. First, a retriever finds relevant passages. Then the model reads them, and answers with citations. "
    "Evaluation is complicated because correctness depends on retrieval quality, on prompt engineering, and on the underlying model's capabilities. Nevertheless, practitioners usually begin with simple baselines. "
    "They measure groundedness, relevance and latency. Afterwards they iterate until the improvements become negligible. Documentation, reproducibility and observability matter throughout the whole lifecycle.\n\n- one item\n- another item = value\n- a third",
]
NAMES = (
    "flesch_reading_ease flesch_kincaid_grade smog_index coleman_liau_index automated_readability_index "
    "dale_chall_readability_score difficult_words linsear_write_formula gunning_fog fernandez_huerta "
    "szigriszt_pazos gutierrez_polini crawford gulpease_index osman"
).split()
rows = [{"text": text, "metrics": {name: getattr(textstat, name)(text) for name in NAMES}} for text in TEXTS]
path = pathlib.Path(__file__).with_name("text-metrics.json")
path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
