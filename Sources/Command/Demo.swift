import ArgumentParser
import Foundation
import LayerFold

/// Does everything once on the bundled model, in a temporary folder, and lets a forgery fail.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sets up, generates, proves, verifies and forges on a small bundled model.")

  @Flag(help: "Prints one JSON object.")
  var json = false

  /// What --json prints.
  struct Report: Encodable {
    /// 64 hexadecimal digits.
    let modelId: String
    /// The text.
    let text: String
    /// The check that refused the forged proof.
    let forgeryRefused: String
    /// The table, by row.
    let seconds: [String: Double]
    /// The table, by row.
    let bytes: [String: Int]
    /// The most memory the process used.
    let peakRssBytes: Int
  }

  private static let prompt = "In the beginning"
  private static let maxTokens = 64

  func run() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("layerfold-demo-\(UUID().uuidString)")
    defer {
      // What the system cannot remove now it removes later.
      try? FileManager.default.removeItem(at: folder)
    }
    let keys = folder.appendingPathComponent("keys")
    var stopwatch = Stopwatch()

    try say("setup: quantising the bundled model and committing its weights, texts of \(Self.maxTokens) tokens")
    let made = try ProverKey.setup(model: try bundledModel(), maxTokens: Self.maxTokens)
    try made.write(to: keys)
    stopwatch.lap("setup")

    let proverKey = try ProverKey(contentsOf: keys)
    let prompt = Prompt.text(Self.prompt)
    let newTokens = Self.maxTokens - (try proverKey.generate(prompt, maxNewTokens: 1).promptTokens.count)
    let continuation = try proverKey.generate(prompt, maxNewTokens: newTokens)
    stopwatch.lap("generate")
    try say("generate: \(Self.prompt)\(continuation.text)")

    try say("prove: folding every layer")
    let progress = ProgressReport()
    var proved: Proof?
    for try await event in Prover(key: proverKey).prove(prompt, maxNewTokens: newTokens) {
      progress.show(event)
      if case .finished(let proof) = event { proved = proof }
    }
    guard let proof = proved else { throw LayerFoldError.internalFailure("proving ended without a proof") }
    let proofFile = folder.appendingPathComponent("answer.proof")
    try proof.write(to: proofFile)
    stopwatch.lap("prove")

    let verifierKey = try VerifierKey(contentsOf: keys.appendingPathComponent(VerifierKey.fileName))
    stopwatch.lap("read verifier.key")
    let expectation = ExpectedStatement(modelIdentifier: made.identifier, prompts: [prompt])
    let verifier = Verifier(key: verifierKey)
    let verdict = try verifier.verify(Proof(contentsOf: proofFile), expecting: expectation)
    stopwatch.lap("verify")
    try say("verify: valid, \(verdict.steps) steps, model \(verdict.modelIdentifier)")

    let refusal = try forge(proof, verifier: verifier, expecting: expectation)
    try say("forge: one byte of the answer changed. \(refusal)")
    let sizes = try [ProverKey.fileName, VerifierKey.fileName].map {
      ($0, try keys.appendingPathComponent($0).resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)
    }
    try report(
      Report(
        modelId: "\(verdict.modelIdentifier)", text: continuation.text, forgeryRefused: refusal,
        seconds: Dictionary(uniqueKeysWithValues: stopwatch.laps.map { ($0.name, $0.seconds.milliseconds) }),
        bytes: Dictionary(uniqueKeysWithValues: sizes + [("proof", proof.bytes.count)]),
        peakRssBytes: ProcessMemory.peak), laps: stopwatch.laps, sizes: sizes + [("proof", proof.bytes.count)])
  }

  /// The folder of the bundled model, beside the program; throws `missingInput`.
  private func bundledModel() throws -> URL {
    let folder = Bundle.main.bundleURL.appendingPathComponent("layerfold_Command.resources/tiny-llama")
    guard FileManager.default.fileExists(atPath: folder.path) else {
      throw LayerFoldError.missingInput("The bundled model is not beside the program; expected it at \(folder.path).")
    }
    return folder
  }

  /// Changes the last output token and returns why the proof was refused.
  private func forge(_ proof: Proof, verifier: Verifier, expecting expectation: ExpectedStatement) throws -> String {
    guard let claim = try proof.claimedInferences().first else {
      throw LayerFoldError.internalFailure("a proof has at least one claim")
    }
    var bytes = proof.bytes
    bytes[claim.lastTokenOffset] ^= 1
    do {
      _ = try verifier.verify(Proof(bytes: bytes), expecting: expectation)
    } catch let error as LayerFoldError {
      return error.description
    }
    throw LayerFoldError.internalFailure("a forged proof was accepted")
  }

  private func say(_ sentence: String) throws {
    if !json { try StandardOutput.write(sentence) }
  }

  private func report(
    _ report: Report, laps: [(name: String, seconds: Double)], sizes: [(name: String, bytes: Int)]
  ) throws {
    guard !json else { return try StandardOutput.write(json: report) }
    var rows = laps.map { ($0.name, $0.seconds.formattedSeconds) }
    rows += sizes.map { ($0.name, $0.bytes.formattedBytes) }
    rows.append(("peak memory", report.peakRssBytes.formattedBytes))
    let width = rows.map(\.0.count).max() ?? 0
    try StandardOutput.write(
      rows.map { $0.padding(toLength: width + 3, withPad: " ", startingAt: 0) + $1 }.joined(separator: "\n"))
  }
}

/// Names the time between two moments.
private struct Stopwatch {
  private(set) var laps: [(name: String, seconds: Double)] = []
  private var last = ContinuousClock.now

  mutating func lap(_ name: String) {
    let now = ContinuousClock.now
    laps.append((name: name, seconds: (now - last).seconds))
    last = now
  }
}
