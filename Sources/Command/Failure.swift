import ArgumentParser
import Foundation
import LayerFold

/// Why a command ended without success: one sentence and an exit code of sysexits.h.
struct Failure: Error {
  /// The exit code for proofs that are not valid.
  static let notValid: Int32 = 1

  /// One sentence; empty for a clean exit such as --help.
  let sentence: String
  /// 0, 1, 64, 65, 66, 70, 73 or 74.
  let exitCode: Int32
  /// What can be done about it, on standard error after the sentence; may be empty.
  var hint = ""
  /// What goes to standard output instead of an error, for --help and --version.
  private let help: String?

  /// A failure of this program's own.
  init(_ sentence: String, exitCode: Int32) {
    self.sentence = sentence
    self.exitCode = exitCode
    help = nil
  }

  /// Text that was asked for with --help or --version.
  private init(help: String) {
    sentence = ""
    exitCode = EX_OK
    self.help = help
  }

  /// The failure that an error means.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure:
      self = failure
    case let error as LayerFoldError:
      self.init(error.description, exitCode: Self.exitCode(of: error))
    default:
      let exitCode = LayerFoldCommand.exitCode(for: error).rawValue
      let message = LayerFoldCommand.fullMessage(for: error)
      if exitCode == EX_OK {
        self.init(help: message)
      } else if exitCode == EX_USAGE {
        let message = LayerFoldCommand.message(for: error).replacingOccurrences(of: "\n", with: " ")
        self.init(message.hasSuffix(".") ? message : message + ".", exitCode: EX_USAGE)
      } else {
        self.init("Internal error: \(error).", exitCode: EX_SOFTWARE)
      }
    }
  }

  private static func exitCode(of error: LayerFoldError) -> Int32 {
    switch error {
    case .malformedProof, .refusedProof: notValid
    case .unusableModel, .unusablePrompt, .activationOverflow, .unusableSizes, .malformedKey, .foreignKey,
      .unusableCheckpoint:
      EX_DATAERR
    case .missingInput: EX_NOINPUT
    case .internalFailure: EX_SOFTWARE
    case .cannotCreate, .unfinishedCheckpoint, .checkpointInUse: EX_CANTCREAT
    case .writeFailed: EX_IOERR
    }
  }

  /// Prints the sentence on standard error, or one JSON object on standard output.
  func report(asJSON json: Bool) {
    if let help {
      print(help)
    } else if json {
      // Nothing is left to tell if even this cannot be written.
      try? StandardOutput.write(json: ErrorReport(error: sentence, exitCode: exitCode))
    } else {
      StandardError.write("layerfold: \(sentence)")
    }
    if !hint.isEmpty { StandardError.write(hint) }
  }
}

/// What --json prints on failure.
struct ErrorReport: Encodable {
  /// One sentence.
  let error: String
  /// The exit code.
  let exitCode: Int32
}
