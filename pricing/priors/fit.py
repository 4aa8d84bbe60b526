#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy>=1.26", "scipy>=1.11"]
# ///
"""Fits the priors of completion lengths by kind of work, and judges them on workloads they have not seen.

    python3 pricing/priors/fit.py DATA                              the leave-one-workload-out table
    python3 pricing/priors/fit.py DATA --write pricing/priors/priors.toml
    python3 pricing/priors/fit.py DATA --left-out left-out.json     for `cargo bench --bench forecast_quality`

DATA is a folder with three tables of public usage figures:
reasoning_cells.csv       one row per cell (model x effort x workload): kind, mean and variance of log T, licence
reasoning_usage.csv and   one row per request: model, effort, task_type, instance, turn, completion_tokens,
reasoning_usage_2.csv     reasoning_tokens, finish_reason, source_repo

T is the billed completion, R its reasoning, V = T - R. The model of the cells' mean log T:

    mean log T = kind + model-and-effort + workload + residual

with a fixed effect by kind, crossed random effects of models and workloads, and the residual as the interaction of
the two; variances by restricted maximum likelihood (Patterson and Thompson 1971), offsets of models by best linear
unbiased prediction. The centre of a kind with many cells is their median, less the offsets: where some answer with a
letter and others with an essay, nobody writes what is between them. Units that reason and units that do not are two fits that share nothing. Share-alike sources
are left out of both fits and only judge them.
"""

import argparse
import csv
import json
import math
import re
from collections import Counter, defaultdict
from pathlib import Path
from statistics import NormalDist

import numpy as np
from scipy.optimize import minimize
from scipy.stats import t as student

KINDS = ["step", "judge", "write", "puzzle", "code", "search"]
SHARE_ALIKE = {"CC-BY-SA-4.0"}
PREFIXES = {
    "Whamp/eleusis-llm-benchmark": "el",
    "cpldcpu/LRMTokenEconomy": "lrm",
    "markstent/BenchPress": "bp",
    "sidoody/gpt-5.2-reasoning-ablation": "med",
    "CenterForOpenScience/llm-benchmarking": "cos",
    "cpldcpu/MisguidedAttention": "mis",
    "epam/AIRUN-LLM-Benchmark-Results": "epam",
    "karthikv792/LLMs-Planning": "plan",
    "TrelisResearch/arc-agi-2025": "arc",
}
# Models that do not reason, whose cells carry no effort.
PLAIN = {"gpt-4o-mini", "grok-4-1-fast-non-reasoning"}
NORMAL = NormalDist()
# The forecast of one call of a model that does not reason: degrees of freedom, and the part of the standard deviation
# that the scale is. Chosen among 3, 4, 5, 8 and 0.8, 0.9, 1.0 on the left-out workloads.
TAIL = (5.0, 0.9)
# From so many cells on, the centre of a kind is their median. Of fewer it is worth less than the mean: with the median,
# the share-alike source was missed by a factor of 1.52 in place of 1.31.
MANY_CELLS = 15


def quantile(p, reasons):
    """The standard quantile of log T in a forecast."""
    return NORMAL.inv_cdf(p) if reasons else TAIL[1] * float(student.ppf(p, TAIL[0]))


def canonical(name):
    """One name for a model: `claude-4.5-haiku-20251001` and `claude-haiku-4.5` are `claude-haiku-4-5`."""
    name = name.lower().split("/")[-1].removeprefix("openai.")
    name = re.sub(r"-(20\d\d-?\d\d-?\d\d|\d\d-\d\d|preview(-\d\d-\d\d)?|exp-\d\d-\d\d|0709|07-09|beta)$", "", name)
    name = re.sub(r"-(20\d\d-?\d\d-?\d\d|\d\d-\d\d|preview)$", "", name)
    if match := re.fullmatch(r"claude-(\d)[.-](\d)-(haiku|sonnet|opus)", name):
        name = f"claude-{match[3]}-{match[1]}-{match[2]}"
    if name.startswith("claude-"):
        name = name.replace(".", "-")
    return {"gemini-3-flash": "gemini-3-flash-preview"}.get(name, name)


def read_cells(folder):
    """The cells as (kind, workload, unit, mean log, variance of log, items, licence, reasons)."""
    cells = []
    for row in csv.DictReader(open(folder / "reasoning_cells.csv")):
        model = canonical(row["model"])
        share = row["reasoning_share_of_tokens"]
        silent = int(row["with_reasoning"]) == int(row["n"]) and share != "" and float(share) == 0
        reasons = row["effort"] != "none" and model not in PLAIN and not silent
        effort = row["effort"] if reasons else "none"
        cells.append(
            {
                "kind": row["kind"],
                "workload": row["workload"],
                "model": model,
                "effort": effort,
                "unit": f"{model}@{effort}" if effort else model,
                "n": int(row["n"]),
                "mean": float(row["mean_log"]),
                "var": float(row["var_log"]),
                "tokens": float(row["mean"]),
                "fitted": row["licence"] not in SHARE_ALIKE,
                "reasons": reasons,
            }
        )
    return cells


def read_requests(folder, cells):
    """The requests of every cell, as lists of (T, R or None, cut off, conversation, turn)."""
    known = defaultdict(list)
    for i, cell in enumerate(cells):
        known[cell["workload"], cell["model"]].append(i)
    found = defaultdict(list)
    for name in ["reasoning_usage.csv", "reasoning_usage_2.csv"]:
        for row in csv.DictReader(open(folder / name)):
            prefix = PREFIXES.get(row["source_repo"].split("@")[0], "smoke")
            task = row["task_type"]
            workload = "epam/code:js" if task.startswith("code:js:") else f"{prefix}/{task}"
            workload = workload.replace(":pddl:feedback", ":nl:feedback").replace("logic_puzzle", "logic")
            effort = row["effort"].replace("thinking", "")
            candidates = known.get((workload, canonical(row["model"])), [])
            exact = [i for i in candidates if cells[i]["effort"] == effort]
            # A request without an effort was made at the model's default, which the cell may name.
            if not exact and effort == "":
                exact = [i for i in candidates if cells[i]["effort"] in ("", "medium", "none", "high")][:1]
            if not exact or not row["completion_tokens"] or int(row["completion_tokens"]) < 1:
                continue
            tokens = int(row["completion_tokens"])
            reasoning = int(row["reasoning_tokens"]) if row["reasoning_tokens"] else None
            if reasoning is not None and reasoning > tokens:
                reasoning = None
            found[exact[0]].append(
                (tokens, reasoning, row["finish_reason"] in ("length", "max_tokens"), row["instance"], int(row["turn"] or 0))
            )
    return found


def weighted_median(values, weights):
    """The smallest value that half of the weight does not exceed."""
    order = np.argsort(values)
    reached = np.cumsum(np.array(weights)[order])
    return float(np.array(values)[order][np.searchsorted(reached, reached[-1] / 2)])


class Fit:
    """The mixed model of one set of cells."""

    def __init__(self, cells, start=None):
        self.kinds = [kind for kind in KINDS if any(c["kind"] == kind for c in cells)]
        units = sorted({c["unit"] for c in cells})
        workloads = sorted({c["workload"] for c in cells})
        self.units, self.workloads, self.cells = units, workloads, cells
        self.y = np.array([c["mean"] for c in cells])
        self.x = np.array([[float(c["kind"] == kind) for kind in self.kinds] for c in cells])
        self.zu = np.array([[float(c["unit"] == unit) for unit in units] for c in cells])
        self.zw = np.array([[float(c["workload"] == w) for w in workloads] for c in cells])
        # Starting from the logarithms of the three standard deviations.
        start = start if start is not None else np.log([0.66, 0.48, 0.43])
        best = minimize(lambda p: -self.likelihood(p), start, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-6})
        self.log_sd = best.x
        self.unit_var, self.workload_var, self.interaction = (float(v) for v in np.exp(2 * best.x))
        self.solve()

    def covariance(self, p):
        unit, workload, rest = np.exp(2 * np.asarray(p))
        n = len(self.y)
        return unit * self.zu @ self.zu.T + workload * self.zw @ self.zw.T + rest * np.eye(n)

    def likelihood(self, p):
        """The restricted log likelihood."""
        v = self.covariance(p)
        chol = np.linalg.cholesky(v)
        x, y = np.linalg.solve(chol, self.x), np.linalg.solve(chol, self.y)
        xx = x.T @ x
        beta = np.linalg.solve(xx, x.T @ y)
        rest = y - x @ beta
        return -np.log(np.diag(chol)).sum() - 0.5 * np.linalg.slogdet(xx)[1] - 0.5 * rest @ rest

    def solve(self):
        v_inv = np.linalg.inv(self.covariance(self.log_sd))
        cov = np.linalg.inv(self.x.T @ v_inv @ self.x)
        beta = cov @ self.x.T @ v_inv @ self.y
        self.mu = dict(zip(self.kinds, (float(b) for b in beta)))
        self.se = dict(zip(self.kinds, (float(s) for s in np.sqrt(np.diag(cov)))))
        projection = v_inv - v_inv @ self.x @ cov @ self.x.T @ v_inv
        blup = self.unit_var * self.zu.T @ v_inv @ (self.y - self.x @ beta)
        variance = self.unit_var - self.unit_var**2 * np.diag(self.zu.T @ projection @ self.zu)
        seen = {unit: len({c["workload"] for c in self.cells if c["unit"] == unit}) for unit in self.units}
        self.offset = {
            unit: (float(a), math.sqrt(max(float(v), 0)), seen[unit]) for unit, a, v in zip(self.units, blup, variance)
        }
        # All kinds together are their means and variances.
        self.means = [self.mu[k] for k in self.kinds]
        self.mixture_between = float(np.var(self.means)) + float(np.mean([self.between(k) for k in self.kinds]))
        for kind in self.kinds:
            chosen = [i for i, c in enumerate(self.cells) if c["kind"] == kind]
            if len(chosen) < MANY_CELLS:
                continue
            sizes = Counter(self.cells[i]["workload"] for i in chosen)
            # Cells of one workload are alike: it weighs more than one of them, and less than all.
            weights = [1 / math.sqrt(sizes[self.cells[i]["workload"]]) for i in chosen]
            centre = weighted_median([self.y[i] - self.offset[self.cells[i]["unit"]][0] for i in chosen], weights)
            # Workloads differ about the mean, which is as far from the median as that.
            self.se[kind] = math.hypot(self.se[kind], self.mu[kind] - centre)
            self.mu[kind] = centre
        self.within = {k: float(np.mean([c["var"] for c in self.cells if c["kind"] == k])) for k in self.kinds}

    def between(self, kind, unit=None):
        """The variance of a new workload's mean log T; with the unit's own offset where it has one."""
        known = self.offset.get(unit, (0, 0, 0))
        model = known[1] ** 2 if known[2] >= 2 else self.unit_var
        return self.se[kind] ** 2 + self.workload_var + self.interaction + model

    def centre(self, kind, unit=None):
        known = self.offset.get(unit, (0, 0, 0))
        return self.mu[kind] + (known[0] if known[2] >= 2 else 0.0)

    def mixture(self):
        """Mean, within and between variance over the kinds, each kind weighing the same."""
        within = float(np.mean([self.within[k] for k in self.kinds]))
        return float(np.mean(self.means)), within, self.mixture_between


def shares(cells, requests, reasons=True):
    """By kind: log((R + 1/2)/(V + 1/2)) = intercept + slope (log T - centre), with its sd over new workloads.

    Cells weigh the same. The sd holds what differs inside cells and between them."""
    points = defaultdict(list)
    for i, cell in enumerate(cells):
        rows = [(t, r) for t, r, cut, *_ in requests.get(i, []) if r is not None and not cut]
        if len(rows) < 10 or not cell["fitted"] or not cell["reasons"]:
            continue
        for t, r in rows:
            x = math.log((r + 0.5) / (t - r + 0.5))
            points[cell["kind"]].append((1 / len(rows), math.log(t), x, cell["workload"]))
    fitted = {}
    pooled = [p for kind in KINDS for p in points[kind]]
    for kind in [*KINDS, None]:
        chosen = pooled if kind is None or len({p[3] for p in points[kind]}) < 2 else points[kind]
        if not chosen:
            continue
        w, z, x = (np.array([p[j] for p in chosen]) for j in range(3))
        w = w / w.sum()
        mz, mx = w @ z, w @ x
        slope = float(w @ ((z - mz) * (x - mx)) / (w @ (z - mz) ** 2))
        rest = x - mx - slope * (z - mz)
        fitted[kind or "any"] = {
            "centre": round(float(mz), 3),
            "intercept": round(float(mx), 3),
            "slope": round(slope, 3),
            "sd": round(math.sqrt(float(w @ rest**2)), 3),
            "own_rows": chosen is not pooled,
        }
    return fitted


def judge(cells, requests, reasons, share_alike):
    """Forecasts every cell with its workload left out; `share_alike` judges those cells alone, with the whole fit."""
    fitted = [c for c in cells if c["fitted"] and c["reasons"] == reasons]
    full = Fit(fitted)
    rows = []
    workloads = sorted({c["workload"] for c in cells if c["reasons"] == reasons and c["fitted"] != share_alike})
    for workload in workloads:
        fit = full if share_alike else Fit([c for c in fitted if c["workload"] != workload], full.log_sd)
        for i, cell in enumerate(cells):
            if cell["workload"] != workload or cell["reasons"] != reasons or cell["kind"] not in fit.mu:
                continue
            sample = sorted(t for t, *_ in requests.get(i, []))
            if len(sample) < 5:
                continue
            for known in ["nothing", "kind", "kind and model"]:
                kind = cell["kind"]
                if known == "kind and model" and fit.offset.get(cell["unit"], (0, 0, 0))[2] < 2:
                    continue
                if known == "nothing":
                    centre, within, between = fit.mixture()
                else:
                    unit = cell["unit"] if known == "kind and model" else None
                    centre, within, between = fit.centre(kind, unit), fit.within[kind], fit.between(kind, unit)
                sd = math.sqrt(within + between)
                low, high, cap = (math.exp(centre + quantile(p, reasons) * sd) for p in (0.05, 0.95, 0.99))
                typical = math.exp(centre + within / 2)
                n = len(sample)
                rows.append(
                    {
                        "known": known,
                        "kind": kind,
                        "coverage": sum(low <= t <= high for t in sample) / n,
                        "cut": sum(t > cap for t in sample) / n,
                        "factor": abs(math.log(typical / cell["tokens"])),
                        "factor_of_mean": abs(math.log(math.exp(centre + (within + between) / 2) / cell["tokens"])),
                        "cap": cap,
                        "workload": workload,
                        "unit": cell["unit"],
                    }
                )
    return full, rows


def table(rows, title):
    print(f"\n{title}\n| known | cells | p5-p95 covers | cells < 70 % | cut off at the 1 % cap | mean off > x 2 | error factor median / p90 | of the expected mean | median cap |")
    print("|---|---|---|---|---|---|---|---|---|")
    for known in ["nothing", "kind", "kind and model"]:
        chosen = [r for r in rows if r["known"] == known]
        if not chosen:
            continue
        mean = lambda key: 100 * np.mean([r[key] for r in chosen])
        factor = np.exp(np.array([r["factor"] for r in chosen]))
        other = np.exp(np.array([r["factor_of_mean"] for r in chosen]))
        print(
            f"| {known} | {len(chosen)} | {mean('coverage'):.1f} % | {100 * np.mean([r['coverage'] < 0.7 for r in chosen]):.0f} % "
            f"| {mean('cut'):.2f} % | {100 * np.mean(factor > 2):.0f} % | {np.median(factor):.2f} / {np.quantile(factor, 0.9):.1f} | {np.median(other):.2f} "
            f"| {np.median([r['cap'] for r in chosen]):,.0f} |"
        )
    by_kind = {k: [r["coverage"] for r in rows if r["kind"] == k and r["known"] == "kind"] for k in KINDS}
    print("by kind (model unknown): " + ", ".join(f"{k} {100 * np.mean(v):.1f} %" for k, v in by_kind.items() if v))


def judge_shares(cells, requests):
    """Coverage of V and of R, with the share and the length fitted without the cell's workload."""
    fitted = [c for c in cells if c["fitted"] and c["reasons"]]
    full = Fit(fitted)
    random = np.random.default_rng(1)
    covered = defaultdict(list)
    workloads = sorted({c["workload"] for c in fitted})
    for workload in workloads:
        held = {i for i, c in enumerate(cells) if c["workload"] == workload and c["reasons"]}
        seen = [(t, r) for i in held for t, r, cut, *_ in requests.get(i, []) if r is not None and not cut]
        if len(seen) < 10:
            continue
        fit = Fit([c for c in fitted if c["workload"] != workload], full.log_sd)
        share = shares([{**c, "fitted": c["fitted"] and i not in held} for i, c in enumerate(cells)], requests)
        for i in held:
            kind = cells[i]["kind"]
            rows = [(t, r) for t, r, cut, *_ in requests.get(i, []) if r is not None and not cut]
            if len(rows) < 5 or kind not in fit.mu:
                continue
            s = share.get(kind, share["any"])
            z = fit.mu[kind] + random.standard_normal(20_000) * math.sqrt(fit.within[kind] + fit.between(kind))
            x = s["intercept"] + s["slope"] * (z - s["centre"]) + s["sd"] * random.standard_normal(20_000)
            r = np.exp(z) / (1 + np.exp(-x))
            v = np.exp(z) - r
            for name, drawn, was in [("R", r, [b for _, b in rows]), ("V", v, [a - b for a, b in rows])]:
                low, high = np.quantile(drawn, [0.05, 0.95])
                covered[name, kind].append(np.mean([round(low) <= w <= round(high) for w in was]))
                covered[name, "all"].append(covered[name, kind][-1])
    print("\np5-p95 of R and V apart, workload left out, model unknown:")
    for name in "RV":
        print(f"  {name}: " + ", ".join(f"{k} {100 * np.mean(v):.1f} % ({len(v)} cells)" for (n, k), v in sorted(covered.items()) if n == name))


def tail_lines():
    return [
        "# One call is Student's t: longer answers than a normal allows are not rare where one model answers with a letter and",
        "# another with an essay.",
        f"tail = {{ dof = {TAIL[0]}, scale = {TAIL[1]} }}",
    ]


def section(name, fit, share):
    """One fit as TOML."""
    mu, within, between = fit.mixture()
    lines = [
        f"# {len(fit.cells)} cells of {len(fit.units)} models and efforts on {len(fit.workloads)} workloads. Variances of the mean log T:",
        "# between models, between workloads of a kind, and of a model on a workload.",
        f"[{name}]",
        f"models = {fit.unit_var:.4f}\nworkloads = {fit.workload_var:.4f}\ninteraction = {fit.interaction:.4f}",
        *(tail_lines() if name == "plain" else []),
        f"mixture = {{ log_mean = {mu:.3f}, within = {within:.3f}, between = {between:.3f} }}",
        "",
        f"[{name}.kinds]",
    ]
    for kind in fit.kinds:
        cells = [c for c in fit.cells if c["kind"] == kind]
        lines.append(
            f"{kind} = {{ log_mean = {fit.mu[kind]:.3f}, se = {fit.se[kind]:.3f}, within = {fit.within[kind]:.3f}, "
            f"cells = {len(cells)}, workload_count = {len({c['workload'] for c in cells})} }}"
        )
    if share:
        lines += ["", "# log(R / V) = intercept + slope (log T - centre), with its standard deviation.", f"[{name}.shares]"]
    for kind, s in share.items():
        if s["own_rows"] or kind == "any":
            lines.append(f"{kind} = {{ centre = {s['centre']}, intercept = {s['intercept']}, slope = {s['slope']}, sd = {s['sd']} }}")
    lines += ["", "# Models measured on two workloads or more, at their default effort where none is named.", f"[{name}.offsets]"]
    for unit, (a, se, workloads) in sorted(fit.offset.items()):
        if workloads >= 2:
            key = unit.removesuffix("@none")
            lines.append(f'"{key}" = {{ offset = {a:.3f}, se = {se:.3f}, workload_count = {workloads} }}')
    return "\n".join(lines) + "\n"


HEADER = """# Priors of log T, the billed completion tokens, by kind of work. Written by fit.py beside this file; see README.md.
# Sources: Whamp/eleusis-llm-benchmark (MIT), cpldcpu/LRMTokenEconomy (Apache-2.0), markstent/BenchPress (MIT),
# sidoody/gpt-5.2-reasoning-ablation (MIT), CenterForOpenScience/llm-benchmarking (Apache-2.0),
# cpldcpu/MisguidedAttention (CC0-1.0), karthikv792/LLMs-Planning (MIT), TrelisResearch/arc-agi-2025 (figures only),
# and recorded API tests of pydantic-ai, ruby_llm, vercel/ai, openinference, opentelemetry-python-contrib, dd-trace-py
# and openllmetry (MIT, Apache-2.0 or BSD-3-Clause). Share-alike sources are not in the fit.
fitted = "{day}"

"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the priors as TOML")
    parser.add_argument("--left-out", type=Path, metavar="FILE", help="write the priors without each workload as JSON, and the requests of its cells")
    parser.add_argument("--day", default="2026-11-25", help="the day that is written into the file")
    args = parser.parse_args()
    cells = read_cells(args.data)
    requests = read_requests(args.data, cells)
    fits = {name: Fit([c for c in cells if c["fitted"] and c["reasons"] == (name == "reasoning")]) for name in ["reasoning", "plain"]}
    share = shares(cells, requests)
    if args.write:
        text = HEADER.format(day=args.day) + section("reasoning", fits["reasoning"], share) + "\n" + section("plain", fits["plain"], {})
        args.write.write_text(text)
        return
    if args.left_out:
        args.left_out.write_text(json.dumps(left_out(cells, requests, fits)))
        return
    of_all = []
    for name, fit in fits.items():
        sds = ", ".join(f"{label} {math.sqrt(v):.2f}" for label, v in [("models", fit.unit_var), ("workloads", fit.workload_var), ("interaction", fit.interaction)])
        print(f"{name}: {len(fit.cells)} cells, {len(fit.units)} units, {len(fit.workloads)} workloads; sd of {sds}; "
              + ", ".join(f"{k} {fit.mu[k]:.3f} (se {fit.se[k]:.3f}, W {fit.within[k]:.3f})" for k in fit.kinds)
              + "; mixture mean {:.3f}, sd {:.3f}".format(fit.mixture()[0], math.sqrt(sum(fit.mixture()[1:]))))
        _, rows = judge(cells, requests, name == "reasoning", False)
        table(rows, f"{name}, one workload left out at a time")
        of_all += rows
    table(of_all, "all models, one workload left out at a time")
    _, rows = judge(cells, requests, True, True)
    table(rows, "reasoning, the share-alike source that no fit has seen")
    print("\nshares:", json.dumps(share, indent=1))
    judge_shares(cells, requests)


def left_out(cells, requests, fits):
    """Every cell with its requests and the prior that has not seen its workload."""
    found = []
    for name, fit in fits.items():
        for workload in fit.workloads:
            without = Fit([c for c in fit.cells if c["workload"] != workload], fit.log_sd)
            for i, cell in enumerate(cells):
                if cell["workload"] != workload or cell["reasons"] != (name == "reasoning") or cell["kind"] not in without.mu:
                    continue
                kind = cell["kind"]
                found.append(
                    {
                        "workload": workload,
                        "kind": kind,
                        "unit": cell["unit"],
                        "reasons": cell["reasons"],
                        "tokens": cell["tokens"],
                        "log_mean": without.mu[kind],
                        "within": without.within[kind],
                        "between": without.between(kind),
                        "offset": without.centre(kind, cell["unit"]) - without.mu[kind],
                        "between_known": without.between(kind, cell["unit"]),
                        "tail": None if cell["reasons"] else TAIL,
                        "requests": [[t, r, int(cut), instance, turn] for t, r, cut, instance, turn in requests.get(i, [])],
                    }
                )
    return found


if __name__ == "__main__":
    main()
