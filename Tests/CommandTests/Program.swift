import Foundation
import Testing

/// The built executable, run as a person would.
enum Program {
  /// What a run left behind.
  struct Outcome {
    let status: Int32
    /// Whether the process ended by itself; a crash is not an exit.
    let exited: Bool
    let output: String
    let errors: String

    /// Standard output as exactly one JSON object.
    func object() throws -> [String: Any] {
      #expect(output.hasSuffix("}\n") && output.filter { $0 == "\n" }.count == 1, "one object on one line")
      return try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
  }

  /// The executable lies beside the bundle of these tests.
  static let url = Bundle.module.bundleURL.deletingLastPathComponent().appendingPathComponent("layerfold")

  /// Runs the program to its end.
  static func run(_ arguments: [String]) throws -> Outcome {
    try run(executable: url, arguments)
  }

  /// Runs a shell script in which $0 is the program.
  static func runShell(_ script: String, _ arguments: [String] = []) throws -> Outcome {
    try run(executable: URL(fileURLWithPath: "/bin/sh"), ["-c", script, url.path] + arguments)
  }

  private static func run(executable: URL, _ arguments: [String]) throws -> Outcome {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    let complaints = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, exited: process.terminationReason == .exit,
      output: String(decoding: printed, as: UTF8.self), errors: String(decoding: complaints, as: UTF8.self))
  }
}

/// Expects a refusal: this exit code, nothing on standard output, and one sentence that mentions all of `mentions`.
func expectRefusal(
  _ arguments: [String], _ status: Int32, mentions: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let outcome = try Program.run(arguments)
  let sentence = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false)
  #expect(outcome.exited && outcome.status == status, "\(outcome)", sourceLocation: sourceLocation)
  #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
  #expect(sentence.count == 2 && sentence[0].hasPrefix("layerfold: "), "\(outcome)", sourceLocation: sourceLocation)
  #expect(sentence.first?.hasSuffix(".") == true, "\(outcome)", sourceLocation: sourceLocation)
  for word in mentions { #expect(outcome.errors.contains(word), "\(outcome)", sourceLocation: sourceLocation) }

  let asJSON = try Program.run(arguments + ["--json"])
  let object = try asJSON.object()
  #expect(asJSON.exited && asJSON.status == status, sourceLocation: sourceLocation)
  #expect(object["exit_code"] as? Int == Int(status), sourceLocation: sourceLocation)
  let error = try #require(object["error"] as? String)
  for word in mentions { #expect(error.contains(word), "\(error)", sourceLocation: sourceLocation) }
}
