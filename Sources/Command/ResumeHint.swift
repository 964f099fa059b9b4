import Foundation
import LayerFold

/// What people are told whose proof was stopped: the command that goes on with it.
struct ResumeHint {
  /// The folder of checkpoints, if there is one.
  let folder: URL?
  /// Whether the prompt is nothing to repeat.
  let isPromptPrivate: Bool

  /// How far the proof is, and how to go on; empty without a folder.
  func text(step: Int, count: Int) -> String {
    folder == nil ? "" : "layerfold: \(step) of \(count) steps are kept; go on with\(command)"
  }

  /// The failure that an error means, with how to go on if it left something to go on from.
  ///
  /// - Parameter isKept: whether this run has kept anything.
  func failure(_ error: any Error, isKept: Bool) -> Failure {
    var failure = Failure(error)
    switch error as? LayerFoldError {
    case .writeFailed where isKept, .cannotCreate where isKept, .unfinishedCheckpoint(_, _, true):
      failure.hint = folder == nil ? "" : "layerfold: go on with\(command)"
    default: break
    }
    return failure
  }

  /// The command line that resumes, ready for a shell.
  private var command: String {
    if isPromptPrivate { return " the same command and --resume in place of --checkpoint." }
    return ":\n" + Self.resuming(CommandLine.arguments).map(Self.quoted).joined(separator: " ")
  }

  /// The arguments with --resume in place of --checkpoint, wherever that is an option and not the value of one.
  static func resuming(_ arguments: [String]) -> [String] {
    let takeAnything = ["--prompt", "--prompt-ids"]
    return arguments.indices.map { index in
      let argument = arguments[index]
      if index > 0, takeAnything.contains(arguments[index - 1]) { return argument }
      if argument == "--checkpoint" { return "--resume" }
      return argument.hasPrefix("--checkpoint=") ? "--resume=" + argument.dropFirst("--checkpoint=".count) : argument
    }
  }

  /// An argument as a shell reads it.
  private static func quoted(_ argument: String) -> String {
    let plain = argument.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_=./,:+@%".contains($0)) }
    return plain && !argument.isEmpty ? argument : "'" + argument.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
