"""
Opens what the app saved of a finetuned model with the tools that it is meant for, and compares them: the loss on a few
completions must be the same whether transformers loads the base with the PEFT adapter, a merged GGUF, or a folder of
safetensors. With --llama-cli, llama.cpp also answers with the GGUF adapter beside the base and with each merged file.

  python -m venv venv && venv/bin/pip install torch==2.8.0 transformers==4.57.1 peft==0.17.1 gguf
  venv/bin/python scripts/verify/finetuned.py --base SmolLM2-135M-Instruct.Q4_1.gguf \
      --adapter FOLDER --gguf merged-f16.gguf merged-q8_0.gguf --hugging-face FOLDER \
      --gguf-adapter adapter.gguf --llama-cli llama-completion
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

SEEDS = pathlib.Path(__file__).parents[2] / "seeds" / "simple_seed_tasks.jsonl"
# F16 keeps eleven bits of a number, Q8_0 a 127th of the largest of 32; both are far below what an adapter changes.
ROOM = {"adapter": 0.0, "hugging-face": 0.01, "gguf": 0.05}


def examples(count):
    for line in SEEDS.read_text("utf8").splitlines()[-count:]:
        task = json.loads(line)
        instance = task["instances"][0]
        given = f"Input: {instance['input']}\n" if instance["input"] else ""
        yield f"Task: {task['instruction']}\n{given}Output:", f" {instance['output']}"


def mean_loss(model, tokenizer, count):
    total, tokens = 0.0, 0
    with torch.no_grad():
        for prompt, completion in examples(count):
            start = tokenizer(prompt, add_special_tokens=False).input_ids
            rest = tokenizer(completion, add_special_tokens=False).input_ids + [model.config.eos_token_id]
            log_p = torch.log_softmax(model(torch.tensor([start + rest])).logits[0].float(), -1)
            for i, token in enumerate(rest):
                total -= log_p[len(start) - 1 + i, token].item()
            tokens += len(rest)
    return total / tokens


def from_gguf(file):
    path = pathlib.Path(file).resolve()
    return AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32).eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, help="the base model as GGUF")
    parser.add_argument("--adapter", required=True, help="the unpacked folder of the PEFT adapter")
    parser.add_argument("--tokenizer", required=True, help="tokenizer.json, as in the Hugging Face folder")
    parser.add_argument("--gguf", nargs="*", default=[], help="merged GGUF files")
    parser.add_argument("--hugging-face", help="the unpacked Hugging Face folder")
    parser.add_argument("--gguf-adapter", help="the adapter as GGUF")
    parser.add_argument("--llama-cli", help="llama.cpp's llama-completion")
    parser.add_argument("--examples", type=int, default=8)
    given = parser.parse_args()

    tokenizer = PreTrainedTokenizerFast(tokenizer_file=given.tokenizer)
    base = from_gguf(given.base)
    before = mean_loss(base, tokenizer, given.examples)
    wanted = mean_loss(PeftModel.from_pretrained(base, given.adapter).eval(), tokenizer, given.examples)
    print(f"base {before:.4f}, with the adapter (peft) {wanted:.4f}")
    wrong = []

    def compare(name, model, room):
        loss = mean_loss(model, tokenizer, given.examples)
        print(f"{name} {loss:.4f}")
        if not math.isclose(loss, wanted, abs_tol=room):
            wrong.append(name)

    for file in given.gguf:
        compare(file, from_gguf(file), ROOM["gguf"])
    if given.hugging_face:
        folder = AutoModelForCausalLM.from_pretrained(given.hugging_face, dtype=torch.float32).eval()
        compare(given.hugging_face, folder, ROOM["hugging-face"])
    if given.llama_cli:
        prompt = next(examples(given.examples))[0]
        beside = [["-m", given.base, "--lora", given.gguf_adapter]] if given.gguf_adapter else []
        for model in beside + [["-m", file] for file in given.gguf]:
            flags = ["-p", prompt, "-n", "24", "--temp", "0", "-no-cnv", "--no-display-prompt"]
            ran = subprocess.run([given.llama_cli, *model, *flags], capture_output=True, text=True)
            print(" ".join(model), "->", ran.stdout.strip() or ran.stderr.strip()[-300:])
            if ran.returncode != 0:
                wrong.append(" ".join(model))
    if wrong:
        sys.exit("Not the same: " + ", ".join(wrong))
    print("All the same.")


if __name__ == "__main__":
    main()
