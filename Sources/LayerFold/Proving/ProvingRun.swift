package import Algebra
import Circuits
import Decider
import Folding
import Model

/// One proof in the making: generates, folds every step as it is computed, compresses; between stages what will be claimed
/// can be read, and by a test altered.
package struct ProvingRun {
  /// What the proof will claim: of every text absorbed so far.
  package var claims: [ClaimedInference] = []
  /// The weight chain that the proof will name the model by.
  package var weightChain: ScalarField

  private let key: ProverKey
  private let recursion: RecursionKey
  private let stepCount: Int
  private let report: (ProvingEvent) -> Void
  private var prover: RecursionProver
  private var generator = SystemRandomNumberGenerator()
  private var times = ProvingTimes()
  private var stepIndex = 0

  /// Proves a batch of at least one inference, telling `report` what happens; throws `LayerFoldError`, or
  /// `CancellationError` between two steps.
  static func prove(
    _ batch: [InferenceRequest], with key: ProverKey, report: @escaping (ProvingEvent) -> Void
  ) throws {
    guard !batch.isEmpty else {
      throw LayerFoldError.unusablePrompt("The batch has no inferences; at least one is needed.")
    }
    let start = ContinuousClock.now
    for request in batch { try key.model.check(request) }
    var run = try ProvingRun(key: key, inferences: batch.count, report: report)
    for (index, request) in batch.enumerated() { try run.absorb(request, index: index) }
    try run.close()
    let proof = try run.compress()
    try run.check(proof)
    run.times.total = (ContinuousClock.now - start).seconds
    report(.measured(run.times))
    report(.finished(proof))
  }

  /// A run that has absorbed nothing.
  package init(key: ProverKey, inferences: Int, report: @escaping (ProvingEvent) -> Void = { _ in }) throws {
    self.key = key
    weightChain = key.weights.chain
    self.report = report
    recursion = try key.recursionKey()
    stepCount = inferences * (key.model.configuration.layerCount + 2) + 1
    let layers = max(1, key.model.configuration.layerCount)
    do {
      prover = try RecursionProver(key: recursion, folds: inferences * layers, using: &generator)
    } catch FoldingError.tooManyFolds(let most) {
      throw LayerFoldError.unusablePrompt(
        "The batch has \(inferences) inferences; expected at most \(most / layers), as a proof under this key hides no more."
      )
    }
  }

  // MARK: - Folding

  /// Generates one continuation, then folds Embedding, layers and Head of the whole text.
  package mutating func absorb(_ request: InferenceRequest, index: Int) throws {
    let model = key.model
    let continuation = try times.measure(\.inference) {
      try model.generate(request.prompt, maxNewTokens: request.maxNewTokens)
    }
    report(.generated(inference: index, continuation))
    let (prompt, output) = (continuation.promptTokens, continuation.outputTokens)
    let positions = model.quantized.parameters.positions
    let salt = PromptSalt(using: &generator)
    if request.isPromptPrivate { report(.salted(inference: index, salt)) }
    let claim = try ClaimedInference(
      prompt: prompt, output: output, maxNewTokens: request.maxNewTokens, salt: salt,
      isPromptPrivate: request.isPromptPrivate, positions: positions)
    let digest = try claim.digest(positions: positions)
    claims.append(claim)
    let advice = TokenAdvice(
      promptLength: prompt.count, length: prompt.count + output.count, salt: salt.bound(to: request.maxNewTokens))

    let embedding = try compute { try model.quantized.embed(prompt + output) }
    try fold(.embedding, digest: digest, advice: advice, selected: ["tokens": embedding.tokens]) {
      $0.values(of: embedding, weights: $0.weights(of: model.quantized))
    }
    var hidden = embedding.output
    for layer in model.quantized.layers.indices {
      let trace = try compute { try model.quantized.layer(layer, input: hidden) }
      try fold(.layer, layer: layer, digest: digest) {
        $0.values(of: trace, weights: $0.weights(of: model.quantized, layer: layer))
      }
      hidden = trace.output.values
    }
    let head = try compute { try model.quantized.head(input: hidden) }
    try fold(.head, digest: digest, advice: advice, selected: ["winner": head.winner.map { Int($0) }]) {
      $0.values(of: head, tokens: embedding.tokens, weights: $0.weights(of: model.quantized))
    }
  }

  /// Folds the last Head into its kind by a Final step.
  package mutating func close() throws {
    guard let last = claims.last else { preconditionFailure("A batch has at least one inference.") }
    try fold(.final, digest: last.digest(positions: key.model.quantized.parameters.positions)) { $0.values() }
  }

  private mutating func compute<Result>(_ body: () throws -> Result) throws -> Result {
    try times.measure(\.inference) { try LayerFoldError.translating(body) }
  }

  /// Proves one step, whose values `values` writes in the form of its circuit, and folds the step before.
  private mutating func fold(
    _ kind: StepKind, layer: Int = 0, digest: ScalarField, advice: TokenAdvice? = nil,
    selected: [String: [Int]] = [:], values: (StepCircuit) -> StepValues
  ) throws {
    try Task.checkCancellation()
    guard let weights = key.weights.steps.first(where: { $0.kind == kind && $0.layer == layer }) else {
      preconditionFailure("Every step has its weights.")
    }
    let start = ContinuousClock.now
    try LayerFoldError.translating {
      try prover.absorb(
        StepInput(
          kind: kind, values: values(recursion.circuits[kind.rawValue].step),
          weights: (commitments: weights.points, blinders: weights.blinders), tokens: advice, tokensDigest: digest,
          selected: selected), using: &generator)
    }
    times.fold += (ContinuousClock.now - start).seconds
    stepIndex += 1
    report(.step(ProvingStep(index: stepIndex, count: stepCount, name: kind == .layer ? "layer \(layer)" : "\(kind)")))
  }

  // MARK: - Compression

  /// Compresses the closed run into a proof of `claims`, which are not compared with what was absorbed.
  package mutating func compress() throws -> Proof {
    try Task.checkCancellation()
    report(.compressing)
    let start = ContinuousClock.now
    let proof = try LayerFoldError.translating {
      var writer = Proof.encode(claims)
      writer.write(RecursionEnd(weightChain: weightChain, recursion: try prover.finish()))
      let decider = try RecursionDecider(key: recursion.verification)
        .prove(prover, context: writer.bytes, using: &generator)
      writer.write(decider.encoded)
      return Proof(bytes: writer.bytes)
    }
    times.compress = (ContinuousClock.now - start).seconds
    return proof
  }

  /// A proof is not handed out before it has been verified: weights or a seed that changed since setup give a false one.
  private func check(_ proof: Proof) throws {
    let verifier = Verifier(key: try VerifierKey(constants: key.model.constants, recursion: recursion))
    do {
      _ = try verifier.verify(proof, expecting: ExpectedStatement(modelIdentifier: key.identifier))
    } catch LayerFoldError.refusedProof(let check) {
      throw LayerFoldError.malformedKey(
        file: ProverKey.fileName, reason: "weights, seed and commitments do not belong together (\(check) fails)")
    }
  }
}
