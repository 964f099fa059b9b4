package import Algebra
import Circuits
import Crypto
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

  /// The key, and its circuits and generators.
  let key: ProverKey, recursion: RecursionKey
  /// Which step comes when.
  let order: StepOrder
  /// The folding prover.
  var prover: RecursionProver
  /// How many steps have been made.
  package internal(set) var stepIndex = 0
  /// The hidden state that the last step left, if it was an Embedding or a layer.
  var hidden: [Int32] = []
  /// The texts that are known and not absorbed, by inference.
  var texts: [Int: Continuation] = [:]
  /// How long everything took.
  var times = ProvingTimes()

  private let secret: RunSecret
  private var keeper: CheckpointKeeper?
  private let report: (ProvingEvent) -> Void

  /// Proves a batch of at least one inference, telling `report` what happens; throws `LayerFoldError`, or
  /// `CancellationError` between two steps.
  package static func prove(
    _ batch: [InferenceRequest], with key: ProverKey, checkpoints: Checkpoints = .none,
    report: @escaping (ProvingEvent) -> Void
  ) throws {
    let start = ContinuousClock.now
    var run = try begin(batch, with: key, checkpoints: checkpoints, report: report)
    for (index, request) in batch.enumerated() { try run.absorb(request, index: index) }
    try run.close()
    let proof = try run.compress()
    try run.check(proof)
    run.prover.erase()
    run.keeper?.folder.unlock()
    run.times.total = (ContinuousClock.now - start).seconds
    report(.measured(run.times))
    report(.finished(proof))
  }

  /// A run of a batch that has absorbed nothing yet, or as much as its checkpoints say.
  ///
  /// - Parameter version: the version of the program that checkpoints are bound to.
  /// - Throws: `unusablePrompt`, `malformedKey`, `foreignKey`; with checkpoints what `Prover.prove` lists.
  package static func begin(
    _ batch: [InferenceRequest], with key: ProverKey, checkpoints: Checkpoints,
    version: String = LibraryVersion.current, report: @escaping (ProvingEvent) -> Void
  ) throws -> ProvingRun {
    guard !batch.isEmpty else {
      throw LayerFoldError.unusablePrompt("The batch has no inferences; at least one is needed.")
    }
    let tokens = try batch.map { try key.model.check($0) }
    let binding = CheckpointBinding(version: version, model: key.identifier, requests: batch, tokens: tokens)
    let order = StepOrder(layers: key.model.configuration.layerCount, inferences: batch.count)
    let keeper = try CheckpointKeeper.make(checkpoints, for: binding, order: order, key: key.seed.checkpointKey)
    do {
      var run = try ProvingRun(key: key, inferences: batch.count, secret: keeper?.secret, report: report)
      if let keeper { try run.attach(keeper, requests: batch, tokens: tokens) }
      return run
    } catch {
      try keeper?.abandonStart()
      throw error
    }
  }

  /// A run that has absorbed nothing; everything random in it is expanded from `secret`, or from a fresh one.
  init(
    key: ProverKey, inferences: Int, secret: RunSecret?, report: @escaping (ProvingEvent) -> Void
  ) throws {
    var system = SystemRandomNumberGenerator()
    self.key = key
    self.secret = secret ?? RunSecret(using: &system)
    weightChain = key.weights.chain
    self.report = report
    recursion = try key.recursionKey()
    order = StepOrder(layers: key.model.configuration.layerCount, inferences: inferences)
    do {
      var generator = self.secret.generator(for: .starts)
      prover = try RecursionProver(key: recursion, folds: order.folds, using: &generator)
    } catch FoldingError.tooManyFolds(let most) {
      throw LayerFoldError.unusablePrompt(
        "The batch has \(inferences) inferences; expected at most \(most / max(1, order.layers)), as a proof under this key hides no more."
      )
    }
  }

  /// A run that has absorbed nothing and tells nobody.
  package init(key: ProverKey, inferences: Int) throws {
    try self.init(key: key, inferences: inferences, secret: nil) { _ in }
  }

  /// Keeps every step from now on; goes on from the newest checkpoint that is whole, if there are any.
  private mutating func attach(_ keeper: CheckpointKeeper, requests: [InferenceRequest], tokens: [[Int]]) throws {
    self.keeper = keeper
    guard !keeper.found.isEmpty else { return report(.saved(step: 0, count: order.count)) }
    let start = self
    for manifest in keeper.found {
      do throws(EncodingError) {
        try restore(manifest, from: keeper.folder, requests: requests, tokens: tokens)
        keeper.resumed(from: manifest)
        report(.resumed(step: stepIndex, count: order.count, ignoring: keeper.ignored))
        report(.saved(step: stepIndex, count: order.count))
        return
      } catch {
        keeper.ignore(manifest, error)
        self = start
      }
    }
    throw LayerFoldError.unusableCheckpoint(path: keeper.folder.path, reason: keeper.ignored.first ?? "it is empty")
  }

  // MARK: - Folding

  /// Generates one continuation, then folds Embedding, layers and Head of the whole text, as far as that has not been done
  /// before the run was resumed.
  package mutating func absorb(_ request: InferenceRequest, index: Int) throws {
    let model = key.model
    let continuation = try text(of: request, index: index)
    defer { texts[index] = nil }
    report(.generated(inference: index, continuation))
    let (prompt, output) = (continuation.promptTokens, continuation.outputTokens)
    let positions = model.quantized.parameters.positions
    var generator = secret.generator(for: .salt, index: index)
    let salt = PromptSalt(using: &generator)
    if request.isPromptPrivate { report(.salted(inference: index, salt)) }
    let claim = try ClaimedInference(
      prompt: prompt, output: output, maxNewTokens: request.maxNewTokens, salt: salt,
      isPromptPrivate: request.isPromptPrivate, positions: positions)
    let digest = try claim.digest(positions: positions)
    claims.append(claim)
    let advice = TokenAdvice(
      promptLength: prompt.count, length: prompt.count + output.count, salt: salt.bound(to: request.maxNewTokens))

    let end = (index + 1) * order.perInference
    if stepIndex >= end { return }
    let embedding = try compute { try model.quantized.embed(prompt + output) }
    let isFirst = stepIndex == end - order.perInference
    if isFirst { hidden = embedding.output }
    var layer = isFirst ? 0 : stepIndex - (end - order.perInference) - 1
    var next = computed(layer)
    if isFirst {
      try fold(digest: digest, advice: advice, selected: ["tokens": embedding.tokens]) {
        $0.values(of: embedding, weights: $0.weights(of: model.quantized))
      }
    }
    while case .layer(let aside) = next {
      let trace = try compute { try aside.results()[0].get() }
      let folded = layer
      hidden = trace.output.values
      layer += 1
      next = computed(layer)
      try fold(digest: digest) {
        $0.values(of: trace, weights: $0.weights(of: model.quantized, layer: folded))
      }
    }
    guard case .head(let aside) = next else { preconditionFailure("After the layers comes the Head.") }
    let head = try compute { try aside.results()[0].get() }
    hidden = []
    try fold(digest: digest, advice: advice, selected: ["winner": head.winner.map { Int($0) }]) {
      $0.values(of: head, tokens: embedding.tokens, weights: $0.weights(of: model.quantized))
    }
  }

  /// What the model computes of a hidden state while something else is folded.
  private enum Computed {
    case layer(Aside<Result<LayerTrace, any Error>>)
    case head(Aside<Result<HeadTrace, any Error>>)
  }

  /// Starts to compute the layer with this number, or behind the last one the Head, of the hidden state.
  private func computed(_ layer: Int) -> Computed {
    let (model, hidden) = (key.model.quantized, hidden)
    return layer < order.layers
      ? .layer(Aside(count: 1) { _ in Result { try model.layer(layer, input: hidden) } })
      : .head(Aside(count: 1) { _ in Result { try model.head(input: hidden) } })
  }

  /// The text of an inference, generated unless it is known.
  private mutating func text(of request: InferenceRequest, index: Int) throws -> Continuation {
    if let known = texts[index] { return known }
    let model = key.model
    let text = try times.measure(\.inference) {
      try model.generate(request.prompt, maxNewTokens: request.maxNewTokens)
    }
    texts[index] = text
    return text
  }

  /// Folds the last Head into its kind by a Final step.
  package mutating func close() throws {
    guard stepIndex < order.count else { return }
    guard let last = claims.last else { preconditionFailure("A batch has at least one inference.") }
    try fold(digest: last.digest(positions: key.model.quantized.parameters.positions)) { $0.values() }
  }

  private mutating func compute<Result>(_ body: () throws -> Result) throws -> Result {
    try times.measure(\.inference) { try LayerFoldError.translating(body) }
  }

  /// Proves the next step, whose values `values` writes in the form of its circuit, folds the step before, and keeps what
  /// there is then.
  private mutating func fold(
    digest: ScalarField, advice: TokenAdvice? = nil, selected: [String: [Int]] = [:],
    values: (StepCircuit) -> StepValues
  ) throws {
    try Task.checkCancellation()
    let (kind, layer) = order.place(of: stepIndex)
    guard let weights = key.weights.steps.first(where: { $0.kind == kind && $0.layer == layer }) else {
      preconditionFailure("Every step has its weights.")
    }
    let start = ContinuousClock.now
    let input = StepInput(
      kind: kind, values: values(recursion.circuits[kind.rawValue].step),
      weights: (commitments: weights.points, blinders: weights.blinders), tokens: advice, tokensDigest: digest,
      selected: selected)
    var generator = secret.generator(
      for: .step, index: stepIndex, context: Self.digest(of: input, after: prover.pending))
    try LayerFoldError.translating { try prover.absorb(input, using: &generator) }
    stepIndex += 1
    times.fold += (ContinuousClock.now - start).seconds
    if let keeper {
      let start = ContinuousClock.now
      try keeper.save(step: stepIndex) { try write($0, to: $1) }
      times.checkpoints += (ContinuousClock.now - start).seconds
      report(.saved(step: stepIndex, count: order.count))
    }
    report(
      .step(ProvingStep(index: stepIndex, count: order.count, name: kind == .layer ? "layer \(layer)" : "\(kind)")))
  }

  /// SHA-256 of everything that a step's randomness hides or follows: the text, the step's integers, the step before.
  private static func digest(of input: StepInput, after last: PendingStep?) -> [UInt8] {
    var writer = ByteWriter()
    writer.write([ScalarField(input.kind.rawValue), input.tokensDigest])
    if let last {
      writer.write(last.state.list)
      writer.write(last.instance.commitments)
    }
    var hash = SHA256()
    hash.update(data: writer.bytes)
    hash.update(integers: input.values.input)
    hash.update(integers: input.values.output)
    hash.update(integers: input.values.values)
    return Array(hash.finalize())
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
      var generator = secret.generator(for: .compression, context: Array(SHA256.hash(data: writer.bytes)))
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
    let verifier = Verifier(key: try VerifierKey(constants: key.model.constants, recursion: recursion, of: key.model))
    do {
      _ = try verifier.verify(proof, expecting: ExpectedStatement(modelIdentifier: key.identifier))
    } catch LayerFoldError.refusedProof(let check) {
      throw LayerFoldError.malformedKey(
        file: ProverKey.fileName, reason: "weights, seed and commitments do not belong together (\(check) fails)")
    }
  }
}
