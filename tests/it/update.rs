//! `outlay models update`: a catalogue apart from the program.

use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::support::{Folder, output, stderr};

const RELEASED: &str = "# outlay catalogue 2027-06-01\n\n# --- openai.toml\n[[model]]\nid = \"o1-mini\"\n\
    [[model.price]]\nfrom = 2027-01-01\nrates = [{ tier = \"standard\", input = \"7\", output = \"9\" }]\n\
    source = \"a test of the update\"\nchecked = 2027-06-01\n";

fn sum(text: &str) -> String {
    let digest = Sha256::digest(text);
    let sum = digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    format!("{sum}  catalogue.toml\n")
}

/// A folder with a released catalogue, which is also where the user's data are.
fn folder(text: &str, sum: &str) -> Folder {
    Folder::new().with("catalogue.toml", text).with("catalogue.toml.sha256", sum)
}

fn run(folder: &Folder, arguments: &str) -> Command {
    let mut command = folder.outlay(arguments);
    command.env("XDG_DATA_HOME", folder.path().join("data"));
    command
}

#[test]
fn a_released_catalogue_is_kept_and_read_until_it_is_removed() {
    let folder = folder(RELEASED, &sum(RELEASED));
    let price = |extra: &str| {
        let command = format!("models show o1-mini --as-of 2027-06-02 --json{extra}");
        let shown = output(run(&folder, &command), 0);
        String::from_utf8_lossy(&shown.stdout).contains("a test of the update")
    };
    assert!(!price(""));
    output(run(&folder, "models update catalogue.toml"), 0);
    assert!(price("") && !price(" --isolated"));
    output(run(&folder, "models update --remove"), 0);
    assert!(!price(""));
}

#[test]
fn what_is_damaged_old_or_no_catalogue_is_not_kept() {
    let old = RELEASED.replace("2027-06-01\n\n", "2024-06-01\n\n");
    for (text, sum, said) in [
        (RELEASED, sum("another"), "its SHA-256 is"),
        (&old, sum(&old), "is not older than"),
        ("[[model]]\n", sum("[[model]]\n"), "this is not a released catalogue"),
        (
            &RELEASED.replace("rates", "rate"),
            sum(&RELEASED.replace("rates", "rate")),
            "openai.toml:",
        ),
    ] {
        let folder = folder(text, &sum);
        let answer = output(run(&folder, "models update catalogue.toml"), 2);
        assert!(stderr(&answer).contains(said), "{}", stderr(&answer));
        assert!(!folder.path().join("data/outlay/catalogue.toml").exists());
    }
    let folder = Folder::new().with("catalogue.toml", RELEASED);
    let answer = output(run(&folder, "models update catalogue.toml"), 2);
    assert!(stderr(&answer).contains("checksum"), "{}", stderr(&answer));
}
