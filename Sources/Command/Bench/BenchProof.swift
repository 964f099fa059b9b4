import ArgumentParser
import Foundation
import LayerFold

/// Everything once, for a model with random weights.
struct BenchProof: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proof",
    abstract: "Sets up, proves and verifies a model of a given shape with random weights.",
    discussion: "With --layers 1 the seconds of step \"layer 0\" are those of one transformer layer.")

  @Option(help: "Transformer layers.")
  var layers = 1

  @Option(help: "The vocabulary, at least 258.")
  var vocab = 512

  @OptionGroup var layer: LayerOptions

  @Option(help: "Tokens of prompt and output together.")
  var tokens = 64

  @Option(help: "Tokens of the output.")
  var newTokens = 4

  @Option(help: "log2 of the length of a commitment chunk; chosen if absent.")
  var chunkLog: Int?

  @Flag(help: "Prints one JSON object.")
  var json = false

  /// What is printed.
  struct Report: Encodable {
    /// What it ran on.
    let machine = Machine.current
    /// Weights of the model.
    var weightBytes = 0
    /// Wall seconds: setup, prove (of which inference, fold, compress), verify (of which reading the key).
    var seconds: [String: Double] = [:]
    /// Wall seconds from one step's end to the next one's, by the step's name; folding the step before included.
    var steps: [Step] = []
    /// Rows by kind of step.
    var rows: [String: Int] = [:]
    /// Chunks of one instance, and log2 of their length.
    var chunks = 0, chunkLog = 0
    /// Bytes of the proof and of the two keys.
    var proofBytes = 0, proverKeyBytes = 0, verifierKeyBytes = 0
    /// The most memory the process used.
    var peakRssBytes = 0

    /// One step.
    struct Step: Encodable {
      /// Such as "layer 3".
      let name: String
      /// Wall seconds.
      let seconds: Double
    }
  }

  func run() async throws {
    try tokens.require(2..., option: "--tokens", expected: "at least 2")
    try newTokens.require(1...(tokens - 1), option: "--new-tokens", expected: "1 to \(tokens - 1)")
    try vocab.require(258..., option: "--vocab", expected: "at least 258")
    try layers.require(1..., option: "--layers", expected: "at least 1")
    try layer.check()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("layerfold-bench-\(UUID().uuidString)")
    defer {
      // What the system cannot remove now it removes later.
      try? FileManager.default.removeItem(at: folder)
    }
    let report = try await measure(in: folder)
    if json { try StandardOutput.write(json: report) } else { try StandardOutput.write(report.description) }
  }

  private func measure(in folder: URL) async throws -> Report {
    var report = Report()
    let model = folder.appendingPathComponent("model"), keys = folder.appendingPathComponent("keys")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let shape = folder.appendingPathComponent("shape.json")
    try configuration().write(to: shape)
    let random = try RandomModel(config: shape, seed: 1)
    report.weightBytes = random.weightBytes
    try random.write(to: model)

    var clock = ContinuousClock.now
    func lap() -> Double {
      defer { clock = .now }
      return (ContinuousClock.now - clock).inSeconds
    }
    let made = try ProverKey.setup(model: model, maxTokens: tokens, chunkLog: chunkLog)
    try made.write(to: keys)
    report.seconds["setup"] = lap()

    let key = try ProverKey(contentsOf: keys)
    let prompt = Prompt.tokens((0..<(tokens - newTokens)).map { 2 + ($0 * 37) % (vocab - 2) })
    let progress = ProgressReport()
    var finished: Proof?
    var stepStart = ContinuousClock.now
    for try await event in Prover(key: key).prove(prompt, maxNewTokens: newTokens) {
      progress.show(event)
      switch event {
      case .generated: stepStart = .now
      case .step(let step):
        report.steps.append(Report.Step(name: step.name, seconds: (ContinuousClock.now - stepStart).inSeconds))
        stepStart = .now
      case .measured(let times):
        report.seconds["inference"] = times.inference
        report.seconds["fold"] = times.fold
        report.seconds["compress"] = times.compress
      case .finished(let proof): finished = proof
      default: break
      }
    }
    report.seconds["prove"] = lap()
    guard let proof = finished else { throw LayerFoldError.internalFailure("proving ended without a proof") }
    let file = folder.appendingPathComponent("proof")
    try proof.write(to: file)

    _ = lap()
    let verifierKey = try VerifierKey(contentsOf: keys.appendingPathComponent(VerifierKey.fileName))
    report.seconds["read verifier.key"] = lap()
    _ = try Verifier(key: verifierKey).verify(
      Proof(contentsOf: file), expecting: ExpectedStatement(modelIdentifier: made.identifier, prompts: [prompt]))
    report.seconds["verify"] = lap()

    let sizes = verifierKey.sizes
    report.rows = Dictionary(uniqueKeysWithValues: sizes.kinds.map { ($0.name, $0.rows) })
    report.chunks = sizes.chunks.reduce(0, +)
    report.chunkLog = sizes.chunkLog
    report.proofBytes = try Self.size(file)
    report.proverKeyBytes = try Self.size(keys.appendingPathComponent(ProverKey.fileName))
    report.verifierKeyBytes = try Self.size(keys.appendingPathComponent(VerifierKey.fileName))
    report.peakRssBytes = ProcessMemory.peak
    return report
  }

  private func configuration() throws -> Data {
    let fields: [String: Any] = [
      "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": vocab, "hidden_size": layer.hidden,
      "intermediate_size": layer.intermediate, "num_hidden_layers": layers, "num_attention_heads": layer.heads,
      "num_key_value_heads": layer.kvHeads, "hidden_act": "silu", "max_position_embeddings": tokens,
      "rms_norm_eps": 1e-5,
      "rope_theta": 10000.0, "tie_word_embeddings": false, "bos_token_id": 0, "eos_token_id": 1,
    ]
    return try JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys])
  }

  private static func size(_ file: URL) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    return (attributes[.size] as? Int) ?? 0
  }
}

extension BenchProof.Report: CustomStringConvertible {
  var description: String {
    let times = ["setup", "prove", "inference", "fold", "compress", "read verifier.key", "verify"].compactMap { name in
      seconds[name].map { "\(name) \($0.formattedSeconds)" }
    }
    let slowest = steps.map { "\($0.name) \($0.seconds.formattedSeconds)" }
    return """
      \(times.joined(separator: ", "))
      steps: \(slowest.joined(separator: ", "))
      rows: \(rows.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")); \
      \(chunks) chunks of 2^\(chunkLog) entries
      proof \(proofBytes) bytes, prover.key \(proverKeyBytes.formattedBytes), verifier.key \
      \(verifierKeyBytes.formattedBytes), weights \(weightBytes.formattedBytes), peak memory \(peakRssBytes.formattedBytes)
      on \(machine.processor), \(machine.kernels) kernels, up to \(machine.threads) threads
      """
  }
}

extension Duration {
  /// The duration in seconds.
  fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
