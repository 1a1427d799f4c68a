"""Loads every config of the dataset card of an unpacked data passport, as its readers do, and counts the rows.

    pip install datasets pyyaml
    python scripts/verify/passport.py FOLDER

The card (README.md) names the configs, and the files of other readers with the call that opens each.
Exit code 1 when one does not load, or has another number of rows than the card says.
"""

import re
import sys
import tempfile
from pathlib import Path

import datasets
import yaml


def main(folder: Path) -> int:
    card = (folder / "README.md").read_text(encoding="utf-8")
    header = yaml.safe_load(re.match(r"---\n(.*?)\n---\n", card, re.S).group(1))
    rows = {
        path: int(count.replace(",", ""))
        for path, count in re.findall(r"^\| `(data/[^`]+)` \|.*\| ([\d,]+) \|$", card, re.M)
    }
    print(f"datasets {datasets.__version__}")
    wrong = 0
    with tempfile.TemporaryDirectory() as cache:
        loads = [
            (config["config_name"], {one["split"]: one["path"] for one in config["data_files"]}, None)
            for config in header["configs"]
        ]
        for reader, files in re.findall(r"`load_dataset\(\"(csv|parquet)\", data_files=\{([^}]*)\}\)`", card):
            loads.append((reader, dict(re.findall(r'"(\w+)": "([^"]+)"', files)), reader))
        for name, files, reader in loads:
            try:
                if reader:
                    found = datasets.load_dataset(
                        reader, data_files={k: str(folder / v) for k, v in files.items()}, cache_dir=cache
                    )
                else:
                    found = datasets.load_dataset(str(folder), name, cache_dir=cache)
                got = {split: len(part) for split, part in found.items()}
                said = {split: rows[path] for split, path in files.items()}
                fault = "" if got == said else f"  DIFFERS: the card says {said}"
            except Exception as error:  # every kind of failure is told, and the next config is tried
                got, fault = {}, f"  FAILS: {type(error).__name__}: {error}"
            wrong += fault != ""
            print(f"{name}: {got}{fault}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
