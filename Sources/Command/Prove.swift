import ArgumentParser
import Foundation
import LayerFold

/// Generates and proves.
struct Prove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Continues prompts greedily and proves the texts in one proof.")

  @Option(help: "The folder of the keys.")
  var keys: String

  @OptionGroup var prompt: PromptOptions

  @Option(help: "New tokens at most.")
  var maxNewTokens: Int?

  @Option(help: "A file of prompts, one JSON object a line, for one proof of all.")
  var batch: String?

  @Option(help: "The file for the proof.")
  var proof: String

  @Flag(help: "Says a salted digest and the length of every prompt in the proof, not its tokens.")
  var privatePrompt = false

  @Option(
    help:
      "A file for the salts of private prompts, one a line; without it they go to standard error, or into the JSON object."
  )
  var saltOut: String?

  @Option(
    help:
      "A new folder that keeps the state after every step, secrets included, until the proof is written; see --resume.")
  var checkpoint: String?

  @Option(
    help:
      "The --checkpoint folder of a run that ended early, with the same keys, prompts and options; goes on from there.")
  var resume: String?

  @Flag(help: "Prints one JSON object.")
  var json = false

  /// What --json prints.
  struct Report: Encodable {
    /// 64 hexadecimal digits.
    let modelId: String
    /// The texts, in order.
    let inferences: [InferenceReport]
    /// inferences * (layers + 2) + 1.
    let steps: Int
    /// How long it took.
    let seconds: TimesReport
    /// The most memory the process used.
    let peakRssBytes: Int
    /// The length of the file.
    let proofBytes: Int
    /// Whether nothing leaks but what Docs/Security.md lists: true unless the model id gives the weights away to guessing.
    let zeroKnowledge: Bool
    /// Of a single text.
    let promptIds: [Int]?
    /// Of a single text.
    let outputIds: [Int]?
    /// Of a single text.
    let text: String?
    /// Of a single private prompt.
    let salt: String?
  }

  /// What proving gave.
  private struct Made {
    var continuations: [Continuation] = []
    var salts: [PromptSalt] = []
    var times = ProvingTimes()
    var steps = 0
  }

  func run() async throws {
    let checkpoints = try checkpoints()
    let requests = try requests()
    let key = try ProverKey(contentsOf: URL(fileURLWithPath: keys))
    let file = try StagedFile(at: proof, access: .shared)
    let saltFile = try saltOut.map { try StagedFile(at: $0, access: .secret) }
    let progress = ProgressReport()
    let hint = ResumeHint(folder: checkpoints.folder, isPromptPrivate: privatePrompt)
    var made = Made()
    var isKept = false
    do {
      var proved: Proof?
      for try await event in Prover(key: key).prove(batch: requests, checkpoints: checkpoints) {
        progress.show(event)
        switch event {
        case .resumed(let step, _, _): made.steps = step
        case .saved(let step, let count):
          isKept = true
          Interruption.farewell(hint.text(step: step, count: count))
        case .generated(_, let continuation): made.continuations.append(continuation)
        case .salted(_, let salt): made.salts.append(salt)
        case .step(let step): made.steps = step.index
        case .compressing: break
        case .measured(let times): made.times = times
        case .finished(let proof): proved = proof
        }
      }
      guard let proved else { throw LayerFoldError.internalFailure("proving ended without a proof") }
      try deliver(proved, to: file, made, saltFile: saltFile, key: key)
    } catch {
      throw hint.failure(error, isKept: isKept)
    }
    removeCheckpoints(checkpoints)
  }

  /// Writes the proof and says what it is about. Salts first: a proof of a private prompt without its salt cannot be checked
  /// against the prompt.
  private func deliver(
    _ proof: Proof, to file: StagedFile, _ made: Made, saltFile: StagedFile?, key: ProverKey
  ) throws {
    if let saltFile {
      try saltFile.write(Array(made.salts.map { "\($0)\n" }.joined().utf8))
      try saltFile.commit()
    } else if !json {
      for (index, salt) in made.salts.enumerated() { StandardError.write("salt \(index + 1): \(salt)") }
    }
    try file.write(proof.bytes)
    try file.commit()
    try report(made, key: key, proof: proof)
  }

  private func checkpoints() throws -> Checkpoints {
    switch (checkpoint, resume) {
    case (nil, nil): return .none
    case (let folder?, nil): return .starting(in: URL(fileURLWithPath: folder))
    case (nil, let folder?): return .resuming(in: URL(fileURLWithPath: folder))
    default:
      throw Failure("--resume keeps checkpoints in its own folder; expected no --checkpoint.", exitCode: EX_USAGE)
    }
  }

  /// Proof and salts are where they belong by now; a folder that stays is said, as it holds secrets.
  private func removeCheckpoints(_ checkpoints: Checkpoints) {
    Interruption.farewell("")
    do {
      try checkpoints.remove()
    } catch {
      StandardError.write("layerfold: remove the folder of checkpoints yourself, it holds secrets: \(error)")
    }
  }

  private func requests() throws -> [InferenceRequest] {
    guard saltOut == nil || privatePrompt else {
      throw Failure("--salt-out needs --private-prompt.", exitCode: EX_USAGE)
    }
    return try prompts().map {
      InferenceRequest(prompt: $0.prompt, maxNewTokens: $0.maxNewTokens, isPromptPrivate: privatePrompt)
    }
  }

  private func prompts() throws -> [InferenceRequest] {
    let given = try prompt.given()
    if let batch {
      guard given == nil, maxNewTokens == nil else {
        throw Failure("--batch says prompts and numbers of tokens itself; expected no others.", exitCode: EX_USAGE)
      }
      return try InferenceRequest.batch(InputFile.text(batch), file: batch)
    }
    guard let maxNewTokens else {
      throw Failure("--max-new-tokens is missing; expected a number, or --batch.", exitCode: EX_USAGE)
    }
    try maxNewTokens.require(1..., option: "--max-new-tokens", expected: "at least 1")
    return [InferenceRequest(prompt: try prompt.required(), maxNewTokens: maxNewTokens)]
  }

  private func report(_ made: Made, key: ProverKey, proof: Proof) throws {
    let (continuations, salts) = (made.continuations, made.salts)
    guard json else { return try StandardOutput.write(continuations.map(\.text).joined(separator: "\n")) }
    let single = continuations.count == 1 ? continuations.first : nil
    try StandardOutput.write(
      json: Report(
        modelId: "\(key.identifier)",
        inferences: continuations.enumerated().map { InferenceReport($1, salt: $0 < salts.count ? salts[$0] : nil) },
        steps: made.steps, seconds: TimesReport(made.times), peakRssBytes: ProcessMemory.peak,
        proofBytes: proof.bytes.count, zeroKnowledge: key.blinding == .secret, promptIds: single?.promptTokens,
        outputIds: single?.outputTokens, text: single?.text, salt: single.flatMap { _ in salts.first.map { "\($0)" } }))
  }
}
