//! The command line: see `ragscale --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ragscale::cli::main()
}
