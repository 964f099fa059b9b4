// Command: the program `layerfold`. One thin struct per command; everything of substance is in the library LayerFold.
// May import: LayerFold, ArgumentParser.

import ArgumentParser
import Foundation
import LayerFold

/// The program's entry: runs a command and turns every failure into one sentence and an exit code.
@main
enum Entry {
  static func main() async {
    // A full disk or a size limit is an error of the write, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    ProcessMemory.keepFreed()
    let interruption = Interruption.removesUnfinishedFiles()
    defer { withExtendedLifetime(interruption) {} }
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      var command = try LayerFoldCommand.parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      // A command that has printed its own refusal throws only the exit code.
      if let code = error as? ExitCode { exit(code.rawValue) }
      let failure = Failure(error)
      failure.report(asJSON: arguments.contains("--json"))
      exit(failure.exitCode)
    }
  }
}

/// The root of all commands.
struct LayerFoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layerfold",
    abstract: "Proves that a published LLaMA produced a text, and checks such proofs.",
    version: LibraryVersion.current,
    subcommands: [
      Setup.self, Generate.self, Prove.self, Verify.self, Inspect.self, Evaluate.self, Plan.self,
      Synthesize.self, Bench.self, Demo.self,
    ])
}
