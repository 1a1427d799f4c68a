"""What the public Self-Instruct code makes of completions: src/core/parse/reference-code.golden.json.

The preset `reference` is tested against this file. It is written by the functions of the public code themselves, so that it
can be repeated: clone the repository, then

    python3 scripts/verify/reference_code.py PATH/self_instruct src/core/parse/reference-code.golden.json

Only the standard library is needed: the functions are taken out of the scripts, which import more.
"""

import ast
import json
import random
import re
import string
import sys
from pathlib import Path

LISTS = 220
COMPLETIONS = 604
ENCODED = 24


def functions(script: Path, coin: list[float]) -> dict:
    """The functions of a script; its random numbers come from `coin`, its choices from the list's rest."""
    tree = ast.parse(script.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    names = {"re": re, "string": string, "random": random}
    exec(compile(tree, str(script), "exec"), names)
    return names


def drawn(rng: random.Random, pieces: list[str], most: int) -> str:
    return "".join(rng.choice(pieces) for _ in range(rng.randint(1, most)))


TEXTS = ["Name a bird.", "Sort these words", "write a poem about NASA", "Say it", "Ünder the bridge we go", "It is 10:30 now",
         "Draw a cat on paper", "Write a program that adds", "Straße und ßtraße heute", "a 12. b and more words", "Explain this file to me",
         "- go with a dash first", "what is the Total cost of 16 pears?", "ßo is this one really", "x"]
NUMBERS = ["\n10. ", "\n11. ", "\n12. ", "\n12 . ", "\n13.", "\n14) ", "\nTask 15: ", "\n 16. ", "\n9 .  ", "10. ", "\n\t7. ", "\n123 . ", "\n", " ", "\n١٢. "]

EXAMPLES = ["Example 1\n", "Example 2.", "Example", "\nExample 3 ", "For Example, ", "\nExample\n"]
INPUTS = ["Input: ", "Input 2: ", "\nInput : ", "\nInput:", "Input1:", "Input "]
OUTPUTS = ["\nOutput: ", "Output:", "\nOutput 2: ", "\nOutput :", "Output3 : ", "Output "]
VALUES = ["a", "b", "moon", "It shines.", "10:30 in the lobby", "two\n\nlines", "ends with:", "", "a", " ", "Name: Ann", "Name: Ann Age: 7"]
LABELS = ["Class label: ", "\nClass label:", " Class label: ", "Class Label: "]
FIELDS = ["\nInput: ", "\nTweet: ", "\n", "\nSentence 1: a\nSentence 2: "]


def completion(rng: random.Random) -> str:
    def value() -> str:
        return rng.choice(VALUES)

    def example() -> str:
        text = rng.choice(EXAMPLES) if rng.random() < 0.8 else ""
        if rng.random() < 0.7:
            text += rng.choice(INPUTS) + value()
        text += rng.choice(OUTPUTS) + value() if rng.random() < 0.85 else value()
        if rng.random() < 0.2:
            text += rng.choice(OUTPUTS + INPUTS) + value()
        return text

    return "\n".join(example() for _ in range(rng.randint(1, 3)))


def labelled(rng: random.Random) -> str:
    text = "" if rng.random() < 0.8 else rng.choice(VALUES)
    for _ in range(rng.randint(1, 4)):
        text += rng.choice(LABELS) + rng.choice(VALUES)
        if rng.random() < 0.8:
            text += rng.choice(FIELDS) + rng.choice(VALUES)
    return text


def stripped(text: str) -> str:
    """The lines of the main part of prepare_for_finetuning.py that take a lone field name away, for heads."""
    colon_words = re.findall(r"(\w+):", text)
    text = text.split(":", 1)[1].strip() if len(set(colon_words)) == 1 else text.strip()
    return text.replace("\n\n", "\n")


def main(folder: Path, target: Path) -> None:
    rng = random.Random(17)
    lists = functions(folder / "bootstrap_instructions.py", [])["post_process_gpt3_response"]
    code = functions(folder / "prepare_for_finetuning.py", [])

    def response(text: str, reason: str) -> dict:
        return {"choices": [{"finish_reason": reason, "text": text}]}

    golden = {"lists": [], "completions": [], "encoded": []}
    for _ in range(LISTS):
        text = " " + "".join(rng.choice(TEXTS) + rng.choice(NUMBERS) for _ in range(rng.randint(1, 6)))
        reason = "length" if rng.random() < 0.1 else "stop"
        golden["lists"].append([text, reason, lists(response(text, reason))])
    for _ in range(COMPLETIONS):
        is_classification = rng.random() < 0.4
        text = labelled(rng) if is_classification else completion(rng)
        reason = "length" if rng.random() < 0.15 else "stop"
        kind = "classification" if is_classification else "generation"
        read = code[f"parse_instances_for_{kind}_task"](text, "Do it.", {"response": response(text, reason)})
        pairs = sorted({(i, o) for _, i, o in read})
        golden["completions"].append([text, reason, is_classification, pairs, [stripped(i) for i, _ in pairs]])
    templates = code["encode_instance"]
    for at in range(ENCODED):
        given = rng.choice(TEXTS), rng.choice(VALUES), rng.choice(VALUES)
        # Every layout that the code may draw for these texts.
        layouts = set()
        for choice in range(7):
            code["random"] = type("Chosen", (), {"choice": staticmethod(lambda some: some[choice % len(some)])})
            made = templates(*given)
            layouts.add((made["prompt"], made["completion"]))
        golden["encoded"].append([*given, sorted(layouts)])
    lines = [f'"{name}":[\n' + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]" for name, rows in golden.items()]
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
