"""What to type, in the help of each command."""

# Of each command what an example does, and how to type it.
EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "ecg": (
        ("Is it there, and what does it say of a recording?", "ecg health && ecg predict 00001_hr"),
        ("How this shell is told of commands, options and files", "ecg --install-completion"),
    ),
    "predict": (
        ("A WFDB recording, which is two files: 00001_hr.hea and 00001_hr.dat", "ecg predict 00001_hr"),
        ("A table in microvolts at 500 Hz", "ecg predict a.csv --sample-rate 500 --unit uV"),
        ("The probabilities alone, for programs", "ecg predict *.edf --json | jq -c .prediction.classes"),
    ),
    "stream": (
        ("A folder of files of any format, and a page about them", "ecg stream recordings/ --report batch.html"),
        ("Thousands; the same again goes on where it ended", "ecg stream recordings/ --output all.parquet --resume"),
        ("Fold 9 of PTB-XL, with the AUC of each class", "ecg stream ptb-xl/ --fold 9"),
    ),
    "plot": (
        ("A page for the printer", "ecg plot 00001_hr --output 00001.pdf"),
        ("The leads alone, one below the other, without a service", "ecg plot 00001_hr --no-predict --layout 12x1"),
    ),
    "explain": (
        ("What speaks for the findings of a recording", "ecg explain 00001_hr"),
        ("What speaks for an infarction, as a shade on the trace", "ecg explain 00001_hr --class MI -o why.png"),
    ),
    "convert": (
        ("One WFDB record of a file", "ecg convert resting.dcm --output resting.hea"),
        ("A folder of records, of files of any format", "ecg convert export/ --output records"),
        ("A fold of PTB-XL in one file, with metadata and labels", "ecg convert ptb-xl/ --fold 9 --output fold9.npz"),
    ),
    "evaluate": (
        ("Fold 9 of PTB-XL", "ecg evaluate ptb-xl/ --fold 9"),
        ("A file with Z_test, for programs", "ecg evaluate fold9.npz --json"),
        ("Any files, with a table of what they show", "ecg evaluate records/ --labels labels.csv"),
    ),
    "summary": (
        ("The model that is served as usual", "ecg summary"),
        ("Another of the service's models, for programs", "ecg summary --model-version canary --json"),
    ),
    "health": (
        ("Here", "ecg health"),
        ("Elsewhere, encrypted, with a token", "ecg health --address ecg.example.org:443 --tls --token-file token"),
        ("The same, written down once in the config file", "ecg health --profile ward-7"),
    ),
    "check": (("The recording that the original client printed", "ecg check data.npz --sample 33"),),
}  # fmt: skip


def examples_text(command: str) -> str:
    """Returns the examples of a command, or of `ecg` itself, for the end of its help; nothing where it has none."""
    # \b keeps click from filling lines.
    lines = [f"\b\n# {what}\n{typed}" for what, typed in EXAMPLES.get(command, ())]
    return "\n\n".join(["Examples:", *lines]) if lines else ""
