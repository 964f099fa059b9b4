import ArgumentParser
import Foundation
import LayerFold

/// Checks a proof and says what it proves.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Checks a proof and prints what it proves.")

  @Option(help: "The file verifier.key.")
  var verifierKey: String

  @Option(help: "The proof.")
  var proof: String

  @Option(help: "The model id you trust, 64 hexadecimal digits.")
  var modelId: String?

  @OptionGroup var prompts: ExpectedPrompts

  @Option(help: "The salt of a private prompt, 64 hexadecimal digits, once for each of them.")
  var salt: [String] = []

  @Option(help: "How many new tokens you asked for; without it the prover's word decides what is complete.")
  var maxNewTokens: Int?

  @Flag(help: "Prints one JSON object.")
  var json = false

  /// What --json prints.
  struct Report: Encodable {
    /// Whether the proof is valid.
    let valid: Bool
    /// The verdict in a sentence.
    let reason: String
    /// The length of the file, if it could be read.
    let proofBytes: Int?
    /// How long it took, reading the key included.
    let seconds: Double
    /// The reason once more if the proof is not valid, as for every failure.
    var error: String?
    /// The exit code if the proof is not valid, as for every failure.
    var exitCode: Int32?
    /// 64 hexadecimal digits.
    var modelId: String?
    /// Whether it was compared with --model-id.
    var modelIdChecked: Bool?
    /// Whether the prompts were compared with those of the command line.
    var promptsChecked: Bool?
    /// The texts, in order.
    var inferences: [InferenceReport]?
    /// The number of folded steps.
    var steps: Int?
    /// Of a single text.
    var promptIds: [Int]?
    /// Of a single text.
    var outputIds: [Int]?
    /// Of a single text.
    var text: String?
    /// Of a single text: the prompt's salted digest.
    var promptDigest: String?
    /// Of a single text.
    var complete: Bool?
  }

  func run() throws {
    let start = ContinuousClock.now
    let expectation = try expectation()
    let key = try VerifierKey(contentsOf: URL(fileURLWithPath: verifierKey))
    var length: Int?
    let verdict: Verdict
    do {
      let file = try Proof(contentsOf: URL(fileURLWithPath: proof))
      length = file.bytes.count
      verdict = try Verifier(key: key).verify(file, expecting: expectation)
    } catch let error as LayerFoldError {
      let failure = Failure(error)
      guard failure.exitCode == Failure.notValid else { throw failure }
      let seconds = (ContinuousClock.now - start).seconds
      if !json {
        FileHandle.standardError.write(Data("layerfold: \(failure.sentence)\n".utf8))
      } else {
        try StandardOutput.write(
          json: Report(
            valid: false, reason: failure.sentence, proofBytes: length, seconds: seconds.milliseconds,
            error: failure.sentence, exitCode: failure.exitCode))
      }
      throw ExitCode(failure.exitCode)
    }
    let seconds = (ContinuousClock.now - start).seconds
    if json {
      try StandardOutput.write(json: report(verdict, expectation: expectation, length: length, seconds: seconds))
    } else {
      try StandardOutput.write(text(verdict, expectation: expectation, seconds: seconds))
    }
  }

  private func expectation() throws -> ExpectedStatement {
    let identifier = try modelId.map { text in
      guard let identifier = ModelIdentifier(hexadecimal: text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
        throw Failure("--model-id is not a model id; expected 64 hexadecimal digits.", exitCode: EX_USAGE)
      }
      return identifier
    }
    let salts = try salt.map { text in
      guard let salt = PromptSalt(hexadecimal: text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
        throw Failure("--salt is not a salt; expected 64 hexadecimal digits.", exitCode: EX_USAGE)
      }
      return salt
    }
    let expected = prompts.inOrder(of: CommandLine.arguments)
    guard salts.isEmpty || expected != nil else {
      throw Failure("--salt needs --prompt or --prompt-ids.", exitCode: EX_USAGE)
    }
    return ExpectedStatement(
      modelIdentifier: identifier, prompts: expected, salts: salts, maxNewTokens: maxNewTokens)
  }

  private func report(_ verdict: Verdict, expectation: ExpectedStatement, length: Int?, seconds: Double) -> Report {
    let inferences = verdict.inferences.map(InferenceReport.init)
    let single = inferences.count == 1 ? inferences.first : nil
    return Report(
      valid: true, reason: "The proof is valid.", proofBytes: length, seconds: seconds.milliseconds,
      modelId: "\(verdict.modelIdentifier)", modelIdChecked: expectation.modelIdentifier != nil,
      promptsChecked: expectation.prompts != nil, inferences: inferences, steps: verdict.steps,
      promptIds: single?.promptIds, outputIds: single?.outputIds, text: single?.text,
      promptDigest: single?.promptDigest, complete: single?.complete)
  }

  private func text(_ verdict: Verdict, expectation: ExpectedStatement, seconds: Double) -> String {
    var lines = [
      "model \(verdict.modelIdentifier)"
        + (expectation.modelIdentifier == nil ? " (model id not checked against yours)" : " (the model id you gave)")
    ]
    for (index, inference) in verdict.inferences.enumerated() {
      let checked = expectation.prompts == nil ? " (prompt not checked against yours)" : " (the prompt you gave)"
      let tokens = inference.isPromptPrivate ? "private tokens, digest \(inference.promptDigest)" : "tokens"
      lines.append("prompt \(index + 1)\(checked): \(inference.promptLength) \(tokens)")
      lines.append("  continued greedily by: \(inference.text.withoutControls)")
      let asked = expectation.maxNewTokens == nil ? "the prover says" : "you gave"
      let complete = "complete (at most \(inference.maxNewTokens) tokens were asked for, as \(asked))"
      lines.append("  \(inference.isComplete ? complete : "a prefix of what the model would have said")")
    }
    lines.append("valid: \(verdict.steps) steps, checked in \(seconds.formattedSeconds)")
    return lines.joined(separator: "\n")
  }
}

extension String {
  /// The text on one line that no terminal takes for commands: control and format characters as escapes.
  fileprivate var withoutControls: String {
    unicodeScalars.reduce(into: "") { line, scalar in
      switch scalar.properties.generalCategory {
      // Joiners belong to words and emoji.
      case .format where scalar == "\u{200c}" || scalar == "\u{200d}": line.unicodeScalars.append(scalar)
      case .control, .format, .lineSeparator, .paragraphSeparator:
        line += scalar == "\n" ? "\\n" : scalar == "\t" ? "\\t" : "\\u{\(String(scalar.value, radix: 16))}"
      default: line.unicodeScalars.append(scalar)
      }
    }
  }
}
