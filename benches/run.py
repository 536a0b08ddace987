#!/usr/bin/env python3
"""Times the main job beside a plain copy of the same file by Polars.

    python3 -m venv peers && peers/bin/pip install polars
    peers/bin/python benches/run.py --rows 10000000 --rounds 3

Builds the release binary and the sample generator, makes one wide events dataset (12 columns, 6 of them tokenized) as CSV
and as Parquet, then runs `counterfoil run` and the copy in turn, each as a process of its own. Prints one JSON object a
line: name, wall_s, cpu_s and peak_mb as medians, rows, and for our lines the ratios to the copy. Every output is counted
again, so that speed cannot be bought with missing rows.
"""

import argparse
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

COPY = """
import sys, polars as pl
source, target, form = sys.argv[1:4]
frame = pl.scan_parquet(source) if form == "parquet" else pl.scan_csv(source, try_parse_dates=True)
frame.sink_parquet(target, compression="zstd", compression_level={level})
"""

def measure(command, env=None):
    """Wall seconds, CPU seconds and peak resident megabytes of one process."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    out, err = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    if status != 0:
        sys.exit(f"{command[0]} failed:\n{err.decode()}")
    return {"wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1000, "out": out}


def medians(runs):
    return {key: round(statistics.median(run[key] for run in runs), 2) for key in ("wall_s", "cpu_s", "peak_mb")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--forms", default="parquet,csv")
    parser.add_argument("--level", type=int, default=1, help="zstd level of the copy; ours is 1")
    parser.add_argument("--keep", type=pathlib.Path, help="keep the generated files in this folder")
    arguments = parser.parse_args()

    import polars

    subprocess.run(["cargo", "build", "--release", "--quiet", "--bins", "--example", "samples"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    counterfoil, samples = target / "counterfoil", target / "examples" / "samples"
    folder = arguments.keep or pathlib.Path(tempfile.mkdtemp(prefix="counterfoil-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    for form in arguments.forms.split(","):
        source = folder / f"events.{form}"
        if not source.exists():
            subprocess.run(
                [samples, "--table", "events", "--rows", str(arguments.rows), "--format", form, "--out", folder],
                check=True, stdout=subprocess.DEVNULL)
        policy = folder / f"policy-{form}.toml"
        ours, copies = [], []
        for _ in range(arguments.rounds):
            shutil.rmtree(folder / "out", ignore_errors=True)
            ours.append(measure([counterfoil, "run", policy, "--init", "--json"]))
            copies.append(measure([sys.executable, "-c", COPY.format(level=arguments.level), source, folder / "copy.parquet", form]))
        report = json.loads(ours[-1]["out"])
        rows = sum(dataset["rows"] for dataset in report["datasets"])
        written = polars.scan_parquet(folder / "out/events/data/*.parquet").select(polars.len()).collect().item()
        if not rows == written == arguments.rows:
            sys.exit(f"{rows} reported, {written} written, {arguments.rows} expected")
        mine, copy = medians(ours), medians(copies)
        size = sum(part.stat().st_size for part in (folder / "out/events/data").iterdir())
        print(json.dumps({"name": f"{form}: polars {polars.__version__} copy", "rows": rows, **copy,
                          "output_mb": round((folder / "copy.parquet").stat().st_size / 1e6, 1)}))
        print(json.dumps({
            "name": f"{form}: counterfoil run", "rows": rows, **mine, "output_mb": round(size / 1e6, 1),
            "wall_ratio": round(mine["wall_s"] / copy["wall_s"], 2),
            "cpu_ratio": round(mine["cpu_s"] / copy["cpu_s"], 2),
            "peak_ratio": round(mine["peak_mb"] / copy["peak_mb"], 2),
        }), flush=True)
    if not arguments.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
