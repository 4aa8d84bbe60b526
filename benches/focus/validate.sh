#!/usr/bin/env bash
# Checks `audit --format focus` with two validators of PyPI (Python 3.12): validate.sh OUTLAY LOG...
#
# focus-validator is the FinOps Foundation's own. It has the rules of FOCUS 1.2, of which 1.4 dropped two columns
# that are added here; focus-data-toolkit checks the columns, types and formulas of 1.4.
set -euo pipefail
outlay=$(realpath "$1")
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.12 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet focus-validator focus-data-toolkit
# The validator asks for a numpy that its own pyarrow refuses.
"$folder/venv/bin/pip" install --quiet --upgrade 'numpy>=2' 2> /dev/null
"$outlay" audit "$@" --by task --format focus --account acme > "$folder/focus.csv"
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import csv, sys
from focus_data_toolkit.model.validator import lint_focus_1_4_structure
folder = sys.argv[1]
rows = list(csv.DictReader(open(folder + '/focus.csv', newline='')))
report = lint_focus_1_4_structure('Cost and Usage', rows)
print(f'FOCUS 1.4: {len(rows)} rows')
print(report)
with open(folder + '/focus-1.2.csv', 'w', newline='') as out:
    writer = csv.DictWriter(out, [*(c for c in rows[0] if not c.startswith('x_')), 'ProviderName', 'PublisherName',
                                  *(c for c in rows[0] if c.startswith('x_'))])
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, 'ProviderName': row['ServiceProviderName'], 'PublisherName': row['HostProviderName']})
PYTHON
# It finds its list of currencies from the folder that it is installed in. What fails is about columns of other currencies and of
# invoices, which logs do not have, and quantities that are whole in every row, which it takes for integers.
cd "$("$folder/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
"$folder/venv/bin/focus-validator" --data-file "$folder/focus-1.2.csv" --validate-version 1.2.0.1 --block-download \
  --applicability-criteria USAGE_MEASUREMENT_SUPPORTED,UNIT_PRICING_SUPPORTED,PUBLIC_PRICE_LIST_SUPPORTED,TAGGING_SUPPORTED \
  | grep -E '^(Total|❌)'
