"""Runs the TRL scripts of an unpacked data passport for two steps on the CPU, with a small model in place of theirs.

    pip install trl peft datasets torch
    python scripts/verify/trl_scripts.py FOLDER MODEL

MODEL is a folder or a name on the hub, with a chat template for the script of chats. Exit code 1 when a script fails.
"""

import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path


def main(folder: Path, model: str) -> int:
    print(*(f"{name} {version(name)}" for name in ("transformers", "trl", "peft", "datasets", "torch")))
    failed = 0
    for script in sorted((folder / "trl").glob("*.py")):
        text = script.read_text(encoding="utf-8")
        text, models = re.subn(r'^MODEL = ".*"$', f"MODEL = {model!r}", text, flags=re.M)
        text, devices = re.subn(r"bf16=True", "bf16=False, use_cpu=True, max_steps=2", text)
        assert models == devices == 1, f"{script} is not as expected"
        with tempfile.TemporaryDirectory() as out:
            text = text.replace('"finetuned"', repr(out))
            run = subprocess.run(
                [sys.executable, "-c", text],
                cwd=folder,
                env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
                capture_output=True,
                text=True,
            )
            done = run.returncode == 0 and any(Path(out).glob("*.safetensors"))
        failed += not done
        print(f"{script.name}: {'two steps, model saved' if done else run.stderr[-2000:]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2]))
