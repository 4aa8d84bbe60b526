#!/usr/bin/env python3
"""How often what an agent's task cost lies within the p5-p95 that `outlay simulate` prints for it.

    python3 benches/agents/coverage.py LOG.csv --outlay target/release/outlay

LOG.csv has a row for each request, with the columns model, task_type, instance (the conversation), turn (its place),
prompt_tokens and completion_tokens; --source keeps the rows whose source_repo is this. The conversations of a model and
task are parted at random into halves. `outlay calibrate` learns from one, `outlay simulate` predicts the other, and the
other way round. What a conversation really cost is priced from its tokens at the same rates, without a cache, which
the log does not tell.
"""
import argparse
import collections
import csv
import json
import pathlib
import random
import subprocess
import tempfile

COLUMNS = ['model', 'task_type', 'instance', 'turn', 'prompt_tokens', 'completion_tokens']
MAP = 'model=model,task=task_type,conversation=instance,turn=turn,prompt_tokens=prompt_tokens,completion_tokens=completion_tokens'


def report(*command):
    ran = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit(f'{" ".join(map(str, command))}\n{ran.stderr}')
    return json.loads(ran.stdout)


def rates(outlay, model):
    details = report(outlay, 'models', 'show', model, '--json')['results'][0]['details']
    rows = details['prices'][-1]['rates']
    row = next(row for row in rows if row['tier'] == 'standard' and not row.get('over'))
    return float(row['input']), float(row['output'])


def predicted(outlay, model, train, folder, runs):
    log, profile = folder / 'train.csv', folder / 'profile.json'
    with open(log, 'w', newline='') as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction='ignore')
        writer.writeheader()
        writer.writerows(row for conversation in train for row in conversation)
    report(outlay, 'calibrate', log, '--map', MAP, '--save', profile, '--force', '--json')
    simulated = report(outlay, 'simulate', '-m', model, '--profile', profile, '--steps', 'profile', '--cache', 'none',
                       '--runs', runs, '--json')['results'][0]
    cost = simulated['total_cost_usd']
    return float(cost['p5']), float(cost['p95'])


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument('log')
    options.add_argument('--outlay', default='target/release/outlay')
    options.add_argument('--source', default='CenterForOpenScience/llm-benchmarking')
    options.add_argument('--seeds', type=int, default=5)
    options.add_argument('--runs', type=int, default=2000)
    options.add_argument('--least', type=int, default=10, help='conversations that a model and task must have')
    options = options.parse_args()
    groups = collections.defaultdict(lambda: collections.defaultdict(list))
    with open(options.log, newline='') as file:
        for row in csv.DictReader(file):
            if row.get('source_repo', options.source) == options.source:
                groups[row['model'], row['task_type']][row['instance']].append(row)
    found = {group: collections.Counter() for group, conversations in sorted(groups.items())
             if len(conversations) >= options.least}
    with tempfile.TemporaryDirectory() as folder:
        for (model, task), counts in found.items():
            price_in, price_out = rates(options.outlay, model)
            conversations = list(groups[model, task].values())
            for seed in range(options.seeds):
                random.Random(seed).shuffle(conversations)
                half = len(conversations) // 2
                for train, test in ((conversations[:half], conversations[half:]),
                                    (conversations[half:], conversations[:half])):
                    low, high = predicted(options.outlay, model, train, pathlib.Path(folder), options.runs)
                    for conversation in test:
                        cost = sum(int(row['prompt_tokens']) * price_in + int(row['completion_tokens']) * price_out
                                   for row in conversation) / 1e6
                        counts['below' if cost < low else 'above' if cost > high else 'within'] += 1
    print(f'{"model":12} {"task":36} {"conversations":>13} {"held out":>8} {"within":>7} {"below":>6} {"above":>6}')
    everything = collections.Counter()
    for (model, task), counts in found.items():
        everything.update(counts)
        show(model, task, len(groups[model, task]), counts)
    show('all', '', sum(len(groups[group]) for group in found), everything)


def show(model, task, conversations, counts):
    held_out = sum(counts.values())
    share = [f'{100 * counts[kind] / held_out:.1f} %' for kind in ('within', 'below', 'above')]
    print(f'{model:12} {task:36} {conversations:13} {held_out:8} {share[0]:>7} {share[1]:>6} {share[2]:>6}')


if __name__ == '__main__':
    main()
