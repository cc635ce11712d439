"""A CSV of a million rows: how long importing, dividing and checking it take and how much memory, beside pandas.

    python -m benchmarks.big_csv [--rows N] [--out RESULTS.json]

The file (about 230 MB for a million rows: an id, a Chinese text, a label, a date, a number; some texts in quotes, with
commas and line ends in them) is made first, in a temporary folder. Each reader runs in a process of its own, in a
fresh workspace; the clock is inside that process and starts after its imports, the memory is its peak.
``of CPU`` is what the process worked of these seconds: on a machine that others use, that is what compares.
``preview`` is what the page shows before the import; ``divide`` and ``check`` are what the jobs of these names do with
the rows that were imported, the learnability aside. ``pandas.read_csv(dtype=str)`` keeps the table in
memory and writes nothing; ours writes rows, places and a copy of the file.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS, SEED = 1_000_000, 0
MOST_SECONDS, MOST_MEMORY, MOST_PREVIEW = 15.0, 1200.0, 1.0  # seconds, MB of 10**6 bytes, seconds

READERS = ("TuneDesk", "preview", "pandas.read_csv", "divide", "check")
PHRASES = (
    "打印机无法连接到办公室网络，重启以后仍然没有反应",
    "登录系统时提示密码错误，重置之后还是不能进入",
    "客户要求在月底之前完成发货并且提供新的发票",
    "报表中的数字和上个月导出的文件对不上",
    "手机端的页面在提交订单以后一直转圈",
    'he said "urgent", twice',
    "first line\nsecond line",
)
LABELS = ("硬件", "账号", "物流", "数据", "前端")


def write_table(path: Path, rows: int) -> None:
    """A table like an export of tickets; the same for the same number of rows."""
    chance = random.Random(SEED)
    phrases = [phrase.replace('"', '""') for phrase in PHRASES]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("编号,描述,分类,日期,金额\r\n")
        for number in range(rows):
            text = "，".join(chance.choices(phrases, k=3 + (number % 3 > 0)))
            if "\n" in text or '"' in text or "," in text:
                text = f'"{text}"'
            day = f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
            file.write(f"{number:07d},{text},{chance.choice(LABELS)},{day},{chance.random() * 1000:.2f}\r\n")


def read(reader: str, path: Path) -> dict[str, float]:
    """In a process of its own: seconds, peak memory in MB, rows."""
    if reader == "pandas.read_csv":
        import pandas as pd

        started, worked = time.perf_counter(), time.process_time()
        rows = len(pd.read_csv(path, dtype=str, keep_default_na=False))
    elif reader == "preview":
        from pipeline.data.preview import preview
        from pipeline.data.report import ReadOptions

        started, worked = time.perf_counter(), time.process_time()
        rows = len(preview(path, path.name, ReadOptions()).rows)
    elif reader == "divide":
        from pipeline.actions.data import create_dataset
        from pipeline.data.source import list_sources

        started, worked = time.perf_counter(), time.process_time()
        (source,) = list_sources()
        rows = source.rows
        create_dataset(source.id, name=path.name, text=["描述"], label="分类")
    elif reader == "check":
        from pipeline.actions.data import list_datasets
        from pipeline.check.find import find
        from pipeline.check.material import Material
        from pipeline.data.split import load_split

        started, worked = time.perf_counter(), time.process_time()
        (dataset,) = list_datasets()
        material = Material(dataset.view, load_split(dataset.split))
        find(material)
        rows = len(material.labels)
    else:
        from pipeline.data.source import import_source

        started, worked = time.perf_counter(), time.process_time()
        rows = import_source(path, path.name).rows
    seconds = time.perf_counter() - started
    busy = time.process_time() - worked
    unit = 1 if sys.platform == "darwin" else 1024
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 10**6
    return {"seconds": round(seconds, 2), "cpu": round(busy, 2), "memory": round(memory), "rows": rows}


def main(arguments: list[str]) -> int:
    """Measure and print one row a reader. Returns 1 if a figure is missed, else 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--out", type=Path, metavar="RESULTS.json")
    parser.add_argument("--read", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.read:
        print(json.dumps(read(options.read[0], Path(options.read[1]))))
        return 0
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tickets.csv"
        write_table(path, options.rows)
        size = path.stat().st_size / 10**6
        for reader in READERS:
            environment = os.environ | {"TUNEDESK_HOME": str(Path(folder) / "home")}
            command = [sys.executable, "-m", "benchmarks.big_csv", "--read", reader, str(path)]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            results[reader] = json.loads(done.stdout)
    print(f"{options.rows:,} rows, {size:.0f} MB\n\n| reader | seconds | of CPU | peak memory |\n|---|---|---|---|")
    for reader, figures in results.items():
        print(f"| {reader} | {figures['seconds']:.2f} | {figures['cpu']:.2f} | {figures['memory']:.0f} MB |")
    if options.out:
        options.out.write_text(json.dumps(results, indent=1), encoding="utf-8")
    ours, first = results["TuneDesk"], results["preview"]
    missed = ours["seconds"] > MOST_SECONDS or ours["memory"] > MOST_MEMORY or first["seconds"] > MOST_PREVIEW
    return int(missed or ours["rows"] != options.rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
