#!/usr/bin/env python3
"""Compares `outlay audit` with ccusage on sessions of coding agents that this script writes anew.

    npm install ccusage
    python3 benches/agents/compare.py --outlay target/release/outlay --ccusage node_modules/.bin/ccusage

Each session has calls with known figures, lines that are no calls, repeated lines and, where the agent has it,
a resumed or forked file. The table shows the tokens of both and the sum by hand.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

DAY = '2026-03-0'


def lines(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(''.join(json.dumps(record, separators=(',', ':')) + '\n' for record in records), encoding='utf-8')


def whole(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, separators=(',', ':')), encoding='utf-8')


# input without cache, read, written, output with reasoning, reasoning
CALLS = [(120, 4_000, 1_000, 350, 90), (80, 5_000, 200, 640, 0), (2_000, 0, 0, 75, 25)]
SUM = [sum(call[i] for call in CALLS) for i in range(4)]


def claude(home):
    """Each message in two lines, the first still growing; a resumed session repeats the first file."""
    def line(i, session, output):
        plain, read, written, _, _ = CALLS[i]
        return {'type': 'assistant', 'sessionId': session, 'requestId': f'req_{i}', 'uuid': f'u{i}{output}',
                'timestamp': f'{DAY}{i + 1}T10:00:00.000Z', 'version': '2.1.0', 'cwd': '/src',
                'message': {'id': f'msg_{i:020}', 'type': 'message', 'role': 'assistant',
                            'model': 'claude-sonnet-4-5-20250929', 'content': [{'type': 'text', 'text': 'x'}],
                            'usage': {'input_tokens': plain, 'cache_read_input_tokens': read,
                                      'cache_creation_input_tokens': written, 'output_tokens': output}}}
    user = {'type': 'user', 'sessionId': 'a', 'timestamp': f'{DAY}1T09:59:00.000Z', 'uuid': 'u', 'message': {'role': 'user', 'content': 'hi'}}
    first = [user] + [line(i, 'a', out) for i in (0, 1) for out in (1, CALLS[i][3])]
    folder = home / '.claude/projects/src'
    lines(folder / 'a.jsonl', first)
    lines(folder / 'b.jsonl', first + [line(2, 'b', CALLS[2][3])])
    return folder, SUM


def codex(home):
    """Cumulative totals, one repeated; a fork that begins with its parent's events."""
    def event(kind, payload, time):
        return {'timestamp': time, 'type': kind, 'payload': payload}

    def totals(n, time):
        plain, read, written, out, reasoning = (sum(call[i] for call in CALLS[:n]) for i in range(5))
        last = CALLS[n - 1]
        usage = lambda p, r, o, t: {'input_tokens': p + r, 'cached_input_tokens': r, 'output_tokens': o,
                                    'reasoning_output_tokens': t, 'total_tokens': p + r + o}
        return event('event_msg', {'type': 'token_count', 'info': {
            'total_token_usage': usage(plain + written, read, out, reasoning),
            'last_token_usage': usage(last[0] + last[2], last[1], last[3], last[4])}}, time)
    parent = [event('session_meta', {'id': 'aaaa', 'timestamp': f'{DAY}1T10:00:00.000Z'}, f'{DAY}1T10:00:00.000Z'),
              event('turn_context', {'model': 'gpt-5'}, f'{DAY}1T10:00:01.000Z'),
              totals(1, f'{DAY}1T10:00:05.000Z'), totals(1, f'{DAY}1T10:00:06.000Z'), totals(2, f'{DAY}1T10:01:00.000Z')]
    again = f'{DAY}2T10:00:00.000Z'
    fork = [event('session_meta', {'id': 'bbbb', 'forked_from_id': 'aaaa', 'timestamp': again}, again),
            event('turn_context', {'model': 'gpt-5'}, again), totals(1, again), totals(2, again),
            totals(3, f'{DAY}2T10:05:00.000Z')]
    folder = home / '.codex/sessions/2026/03'
    lines(folder / '01/rollout-2026-03-01T10-00-00-aaaa.jsonl', parent)
    lines(folder / '02/rollout-2026-03-02T10-00-00-bbbb.jsonl', fork)
    return folder, [SUM[0] + SUM[2], SUM[1], 0, SUM[3]]


def gemini(home):
    messages = [{'id': 'm0', 'timestamp': f'{DAY}1T09:59:00.000Z', 'type': 'user', 'content': 'hi'}]
    for i, (plain, read, written, out, thoughts) in enumerate(CALLS):
        prompt = plain + read + written
        messages.append({'id': f'm{i + 1}', 'timestamp': f'{DAY}{i + 1}T10:00:00.000Z', 'type': 'gemini', 'content': 'x',
                         'model': 'gemini-2.5-pro', 'tokens': {'input': prompt, 'cached': read, 'output': out - thoughts,
                                                               'thoughts': thoughts, 'tool': 0, 'total': prompt + out}})
    folder = home / '.gemini/tmp/hash/chats'
    whole(folder / 'session-2026-03-01.json', {'sessionId': 's', 'projectHash': 'h', 'startTime': f'{DAY}1T09:59:00.000Z',
                                               'lastUpdated': f'{DAY}3T10:00:00.000Z', 'messages': messages})
    return folder, [SUM[0] + SUM[2], SUM[1], 0, SUM[3]]


def opencode(home):
    """A forked session has copies of the messages with other ids."""
    folder = home / '.local/share/opencode/storage/message'
    for session in ('ses_a', 'ses_b'):
        for i, (plain, read, written, out, reasoning) in enumerate(CALLS):
            whole(folder / session / f'msg_{session}{i}.json', {
                'id': f'msg_{session}{i}', 'sessionID': session, 'role': 'assistant', 'modelID': 'claude-sonnet-4-5',
                'providerID': 'anthropic', 'cost': 0, 'time': {'created': 1772359200000 + i * 86400000, 'completed': 1772359200000 + i * 86400000 + 900},
                'tokens': {'input': plain, 'output': out - reasoning, 'reasoning': reasoning, 'cache': {'read': read, 'write': written}}})
    return folder, SUM


def amp(home):
    events, messages = [], []
    for i, (plain, read, written, out, _) in enumerate(CALLS):
        events.append({'id': f'e{i}', 'timestamp': f'{DAY}{i + 1}T10:00:00.000Z', 'model': 'claude-sonnet-4-5', 'operationType': 'inference',
                       'credits': 1, 'fromMessageId': 2 * i, 'toMessageId': 2 * i + 1, 'tokens': {'input': plain, 'output': out}})
        messages += [{'role': 'user', 'messageId': 2 * i, 'content': []},
                     {'role': 'assistant', 'messageId': 2 * i + 1, 'usage': {
                         'model': 'claude-sonnet-4-5', 'inputTokens': plain, 'outputTokens': out, 'cacheReadInputTokens': read,
                         'cacheCreationInputTokens': written, 'totalInputTokens': plain + read + written}}]
    folder = home / '.local/share/amp/threads'
    whole(folder / 'T-1.json', {'id': 'T-1', 'created': 1772359200000, 'title': 't', 'messages': messages, 'usageLedger': {'events': events}})
    return folder, SUM


def droid(home):
    folder = home / '.factory/sessions/src'
    for i, (plain, read, written, out, thinking) in enumerate(CALLS):
        whole(folder / f's{i}.settings.json', {
            'model': 'claude-sonnet-4-5', 'providerLock': 'anthropic', 'providerLockTimestamp': f'{DAY}{i + 1}T10:00:00.000Z',
            'tokenUsage': {'inputTokens': plain, 'outputTokens': out - thinking, 'cacheCreationTokens': written,
                           'cacheReadTokens': read, 'thinkingTokens': thinking}})
    return folder, SUM


def kimi(home):
    records = [{'timestamp': 1772359200.0, 'message': {'type': 'TurnBegin', 'payload': {'user_input': 'hi'}}}]
    for i, (plain, read, written, out, _) in enumerate(CALLS):
        records.append({'timestamp': 1772359200.0 + i * 86400, 'message': {'type': 'StatusUpdate', 'payload': {
            'message_id': f'chatcmpl-{i:016}', 'context_usage': 0.1,
            'token_usage': {'input_other': plain, 'output': out, 'input_cache_read': read, 'input_cache_creation': written}}}})
    folder = home / '.kimi/sessions/hash/id'
    lines(folder / 'wire.jsonl', records)
    return folder, SUM


def qwen(home):
    records = []
    for i, (plain, read, written, out, thoughts) in enumerate(CALLS):
        prompt = plain + read + written
        records += [{'uuid': f'u{i}', 'sessionId': 's', 'timestamp': f'{DAY}{i + 1}T09:59:00.000Z', 'type': 'user', 'message': {'role': 'user'}},
                    {'uuid': f'{i:08}-aaaa-bbbb', 'sessionId': 's', 'timestamp': f'{DAY}{i + 1}T10:00:00.000Z', 'type': 'assistant',
                     'model': 'qwen3-coder-plus', 'message': {'role': 'model', 'parts': [{'text': 'x'}]},
                     'usageMetadata': {'promptTokenCount': prompt, 'cachedContentTokenCount': read,
                                       'candidatesTokenCount': out - thoughts, 'thoughtsTokenCount': thoughts, 'totalTokenCount': prompt + out}}]
    folder = home / '.qwen/projects/src/chats'
    lines(folder / 's.jsonl', records)
    return folder, [SUM[0] + SUM[2], SUM[1], 0, SUM[3]]


def pi(home):
    records = [{'type': 'session', 'id': 's', 'timestamp': f'{DAY}1T09:59:00.000Z', 'cwd': '/src'}]
    for i, (plain, read, written, out, _) in enumerate(CALLS):
        records.append({'type': 'message', 'id': f'{i:08}', 'timestamp': f'{DAY}{i + 1}T10:00:00.000Z',
                        'message': {'role': 'assistant', 'provider': 'anthropic', 'model': 'claude-sonnet-4-5', 'timestamp': 1772359200000 + i * 86400000,
                                    'usage': {'input': plain, 'output': out, 'cacheRead': read, 'cacheWrite': written,
                                              'totalTokens': plain + read + written + out, 'cost': {'total': 0}}}})
    folder = home / '.pi/agent/sessions/--src--'
    lines(folder / 's.jsonl', records)
    return folder, SUM


AGENTS = {'claude': claude, 'codex': codex, 'gemini': gemini, 'opencode': opencode, 'amp': amp, 'droid': droid,
          'kimi': kimi, 'qwen': qwen, 'pi': pi}
KEYS = ('inputTokens', 'cacheReadTokens', 'cacheCreationTokens', 'outputTokens')


def run_outlay(binary, folder):
    arguments = [binary, 'audit', str(folder), '--json', '--as-of', '2026-11-26', '-m', 'kimi-k2.5']
    report = json.loads(subprocess.run(arguments, capture_output=True, text=True, cwd=folder).stdout)
    total = report['total']
    by_kind = {line['kind']: line['tokens'] for line in total['lines']}
    written = by_kind.get('cache_write', 0) + by_kind.get('cache_write_extended', 0)
    plain = total['prompt_tokens'] - total['cached_tokens'] - written
    return [plain, total['cached_tokens'], written, total['completion_tokens']], total['cost_usd'], report['errors']


def run_ccusage(binary, agent, home):
    clean = {'HOME': str(home), 'PATH': os.environ['PATH'], 'NO_COLOR': '1'}
    run = subprocess.run([binary, agent, 'daily', '--json', '--offline', '--timezone', 'UTC'], capture_output=True, text=True, env=clean)
    try:
        totals = json.loads(run.stdout)['totals']
    except (ValueError, KeyError):
        return None, run.stderr.strip() or run.stdout.strip()
    find = lambda *names: next((totals[name] for name in names if name in totals), 0)
    cost = find('totalCost', 'costUSD')
    return [find('inputTokens'), find('cacheReadTokens', 'cachedInputTokens'), find('cacheCreationTokens'), find('outputTokens')], cost


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--outlay', default='outlay')
    parser.add_argument('--ccusage')
    parser.add_argument('--keep', type=pathlib.Path, help='write the sessions here and leave them')
    args = parser.parse_args()
    failed = False
    print('| agent | by hand | outlay | ccusage | outlay $ | ccusage $ |\n|---|---|---|---|---|---|')
    for name, write in AGENTS.items():
        with tempfile.TemporaryDirectory() as scratch:
            home = (args.keep or pathlib.Path(scratch)) / name
            folder, wanted = write(home)
            found, cost, errors = run_outlay(os.path.abspath(args.outlay), folder)
            failed |= found != wanted
            theirs, their_cost = run_ccusage(os.path.abspath(args.ccusage), name, home) if args.ccusage else (None, '')
            show = lambda tokens: ' '.join(f'{n:,}' for n in tokens) if tokens else 'none'
            print(f'| {name} | {show(wanted)} | {show(found)} | {show(theirs)} | {cost} | {their_cost} |')
            for error in errors:
                print(f'  {name}: {error["message"]}', file=sys.stderr)
    sys.exit(failed)


if __name__ == '__main__':
    main()
