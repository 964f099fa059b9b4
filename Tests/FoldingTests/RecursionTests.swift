import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem
import Decider
import Folding
import Foundation
import Model
import Support
import Testing

/// One recursion over the tiny LLaMA with a few positions, shared by tests.
struct TinyRecursion: Sendable {
  let model: QuantizedModel
  let key: RecursionKey
  let weights: [(commitments: [AffinePoint<PrimaryCurve>], blinders: [ScalarField])]

  /// The same key for a model with other weights in one layer, freshly committed.
  func replacingLayer(_ index: Int, of other: QuantizedModel) throws -> TinyRecursion {
    var generator = SeededGenerator(seed: 8)
    let integers = key.circuits[StepKind.layer.rawValue].step.weights(of: other, layer: index)
    let blinders = ChunkBlinders<ScalarField>.random(count: key.sizes.order.weights.count, using: &generator)
    let points = try key.generators.commit(
      chunks: integers.map(Int64.init), chunkCount: key.sizes.order.weights.count, blinders: blinders
    ).points
    var weights = weights
    weights[1 + index] = (points, blinders.values)
    return TinyRecursion(model: other, key: key, weights: weights)
  }

  /// The model with one weight of a layer's query matrix changed.
  func modelWithAnotherWeight(inLayer index: Int) throws -> QuantizedModel {
    var layers = model.layers
    let old = layers[index]
    var values = old.query.values
    values[3] ^= 1
    layers[index] = LayerWeights(
      query: WeightMatrix(rows: old.query.rows, columns: old.query.columns, values: values), key: old.key,
      value: old.value, output: old.output, gate: old.gate, up: old.up, down: old.down)
    return try QuantizedModel(
      configuration: model.configuration, parameters: model.parameters, embedding: model.embedding, layers: layers,
      head: model.head)
  }

  /// Parts that belong together.
  private init(
    model: QuantizedModel, key: RecursionKey,
    weights: [(commitments: [AffinePoint<PrimaryCurve>], blinders: [ScalarField])]
  ) {
    self.model = model
    self.key = key
    self.weights = weights
  }

  /// Keys and weight commitments.
  init(positions: Int, chunkLog: Int, of name: String = "tiny-llama") throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let floats = try FloatModel(directory: tests.appending(path: "ModelTests/Vectors/\(name)"))
    let model = try QuantizedModel(quantizing: floats, positions: positions)
    self.model = model
    key = try RecursionKey(chunkLog: chunkLog) { limbsLog in
      StepCircuit.all(
        try CircuitParameters(
          configuration: model.configuration, quantization: model.parameters, maxTokens: positions, limbsLog: limbsLog))
    }
    var generator = SeededGenerator(seed: 7)
    var weights: [(commitments: [AffinePoint<PrimaryCurve>], blinders: [ScalarField])] = []
    for (kind, layer) in [(StepKind.embedding, 0)] + model.layers.indices.map({ (.layer, $0) }) + [
      (.head, 0), (.final, 0),
    ] {
      let integers = key.circuits[kind.rawValue].step.weights(of: model, layer: layer)
      let blinders = ChunkBlinders<ScalarField>.random(count: key.sizes.order.weights.count, using: &generator)
      let points = try key.generators.commit(
        chunks: integers.map(Int64.init), chunkCount: key.sizes.order.weights.count, blinders: blinders
      ).points
      weights.append((points, blinders.values))
    }
    self.weights = weights
  }

  /// The inputs of all steps of one inference, Final included.
  func inputs(prompt: [Int], newTokens: Int, using generator: inout SeededGenerator) throws -> [StepInput] {
    try inputs(
      prompt: prompt, output: model.generate(prompt: prompt, maxNewTokens: newTokens, stopTokens: []).tokens,
      layers: Array(model.layers.indices), using: &generator)
  }

  /// The token that a model made of these layers, in this order, adds to a prompt.
  func successor(of prompt: [Int], layers: [Int]) throws -> Int {
    var hidden = try model.embed(prompt).output
    for index in layers { hidden = try model.layer(index, input: hidden).output.values }
    return Int(try model.head(input: hidden).winner[prompt.count - 1])
  }

  /// The inputs of an inference through these layers, in this order.
  func inputs(
    prompt: [Int], output: [Int], layers: [Int], using generator: inout SeededGenerator
  ) throws -> [StepInput] {
    let text = prompt + output
    let positions = model.parameters.positions
    let salt = ScalarField.random(using: &generator)
    let advice = TokenAdvice(promptLength: prompt.count, length: text.count, salt: salt)
    let digest = try TokenDigests.tokens(
      promptDigest: TokenDigests.prompt(prompt, salt: salt, positions: positions), promptLength: prompt.count,
      generated: output, positions: positions)
    let circuits = key.circuits.map(\.step)
    func input(
      _ kind: StepKind, _ values: StepValues, place: Int, selected: [String: [Int]] = [:], advice: TokenAdvice? = nil
    ) -> StepInput {
      StepInput(
        kind: kind, values: values, weights: weights[place], tokens: advice, tokensDigest: digest, selected: selected)
    }
    let embedding = try model.embed(text)
    var inputs = [
      input(
        .embedding, circuits[0].values(of: embedding, weights: circuits[0].weights(of: model)), place: 0,
        selected: ["tokens": embedding.tokens], advice: advice)
    ]
    var hidden = embedding.output
    for index in layers {
      let trace = try model.layer(index, input: hidden)
      inputs.append(
        input(
          .layer, circuits[1].values(of: trace, weights: circuits[1].weights(of: model, layer: index)),
          place: 1 + index))
      hidden = trace.output.values
    }
    let head = try model.head(input: hidden)
    inputs.append(
      input(
        .head, circuits[2].values(of: head, tokens: embedding.tokens, weights: circuits[2].weights(of: model)),
        place: 1 + model.layers.count, selected: ["winner": head.winner.map { Int($0) }], advice: advice))
    inputs.append(input(.final, circuits[3].values(), place: 2 + model.layers.count))
    return inputs
  }

  /// The weight chain of one inference.
  var weightChain: ScalarField {
    let kinds = [0] + model.layers.map { _ in 1 } + [2]
    return StatementChain.weights(zip(kinds, weights).map { (kind: $0, commitments: $1.commitments) })
  }
}

@Suite struct RecursionTests {
  @Test func twoInferencesAreFoldedIntoInstancesThatOpenInTheClear() throws {
    let tiny = try TinyRecursion(positions: 4, chunkLog: 16)
    print(
      "recursion: rows 2^\(tiny.key.sizes.errorLog), Q 2^\(tiny.key.sizes.layout.logSize), chunks \(tiny.key.sizes.order.counts)",
      "rows \(tiny.key.shapes.map(\.rowCount)), trace \(tiny.key.shapes.map(\.traceCount))")
    var generator = SeededGenerator(seed: 1)
    var prover = try RecursionProver(key: tiny.key, using: &generator)
    try ClearDecider.check(prover)
    var chain = ScalarField.zero
    for prompt in [[58, 355], [42]] {
      let inputs = try tiny.inputs(prompt: prompt, newTokens: 2, using: &generator)
      for input in prompt.count == 1 ? inputs : inputs.dropLast() { try prover.absorb(input, using: &generator) }
      chain = StatementChain.appending(inputs[0].tokensDigest, weights: tiny.weightChain, to: chain)
    }
    let proof = try prover.finish()
    try ClearDecider.check(prover)
    let verifier = RecursionVerifier(sizes: tiny.key.sizes, keyDigest: tiny.key.digest)
    let steps = 2 * (tiny.model.layers.count + 2) + 1
    let instances = try verifier.verify(proof, expecting: ExpectedRecursion(steps: steps, statementChain: chain))
    #expect(instances == prover.running)

    let expected = ExpectedRecursion(steps: steps, statementChain: chain)
    func refused(_ check: String, _ alter: (inout FinishedRecursion) -> Void) {
      var altered = proof
      alter(&altered)
      #expect(throws: FoldingError.refused(check)) { try verifier.verify(altered, expecting: expected) }
    }
    for steps in [steps - 1, steps + 1, 0] {
      #expect(throws: FoldingError.refused("number of steps")) {
        try verifier.verify(proof, expecting: ExpectedRecursion(steps: steps, statementChain: chain))
      }
    }
    #expect(throws: FoldingError.refused("statement chain")) {
      try verifier.verify(proof, expecting: ExpectedRecursion(steps: steps, statementChain: chain + .one))
    }
    refused("key digest") { $0.state.keyDigest += .one }
    refused("phase of the last step") { $0.state.phase = ScalarField(StepKind.head.rawValue) }
    refused("no hidden state is left over") { $0.state.carriedOutput[0] += .one }
    refused("weight chain is closed") { $0.state.weightChain += .one }
    refused("digest of a running instance") { $0.running[1].scalars.u += .one }
    refused("digest of a running instance") { $0.running[2].commitments.swapAt(0, 1) }
    refused("digest of the running CycleFold instance") { $0.cycle.u += .one }
    refused("number of commitments") { $0.commitments.removeLast() }
    refused("number of fold messages") { $0.lastFold.append(.zero) }
    refused("number of running instances") { $0.running.removeLast() }
    refused("lengths of claim points") { $0.running[0].scalars.claimPoint.removeLast() }
    refused("binding digest of the folded step") { $0.commitments.swapAt(1, 2) }
    refused("binding digest of the folded step") { $0.state.binding += .one }
    refused("commitments are finite points of the curve") { $0.commitments[1] = .infinity }

    let decider = RecursionDecider(key: tiny.key.verification)
    let compressed = try decider.prove(prover, context: [1, 2, 3], using: &generator)
    try decider.verify(compressed, running: instances, cycle: proof.cycle, context: [1, 2, 3])
    #expect(throws: DeciderError.self) {
      try decider.verify(compressed, running: instances, cycle: proof.cycle, context: [1, 2, 4])
    }
    for kind in StepKind.allCases {
      var altered = instances
      altered[kind.rawValue].scalars.errorValue += .one
      #expect(throws: DeciderError.self) {
        try decider.verify(compressed, running: altered, cycle: proof.cycle, context: [1, 2, 3])
      }
    }
  }

  @Test(arguments: [[1, 0, 2, 3, 4], [0, 0, 2, 3, 4], [0, 1, 2, 3]])
  func layersSwappedRepeatedOrLeftOutAreRefusedByTheStatementChain(layers: [Int]) throws {
    let tiny = try StoppedRun.shared.get().tiny
    var generator = SeededGenerator(seed: 3)
    var prover = try RecursionProver(key: tiny.key, using: &generator)
    let output = [try tiny.successor(of: [58, 355], layers: layers)]
    let inputs = try tiny.inputs(prompt: [58, 355], output: output, layers: layers, using: &generator)
    for input in inputs { try prover.absorb(input, using: &generator) }
    let proof = try prover.finish()
    let verifier = RecursionVerifier(sizes: tiny.key.sizes, keyDigest: tiny.key.digest)
    func verify(weights: ScalarField) throws {
      let chain = StatementChain.appending(inputs[0].tokensDigest, weights: weights, to: .zero)
      _ = try verifier.verify(proof, expecting: ExpectedRecursion(steps: inputs.count, statementChain: chain))
    }
    #expect(throws: FoldingError.refused("statement chain")) { try verify(weights: tiny.weightChain) }
    // Only the name of the model stands against it: under the chain of what was run it is a valid recursion.
    try verify(
      weights: StatementChain.weights(
        [(kind: 0, commitments: tiny.weights[0].commitments)]
          + layers.map { (kind: 1, commitments: tiny.weights[1 + $0].commitments) }
          + [(kind: 2, commitments: tiny.weights[6].commitments)]))
  }

  /// A whole inference with one layer of another model, honestly committed: only the name of the model stands against it.
  @Test func aLayerOfAnotherModelIsRefusedByTheStatementChain() throws {
    let tiny = try StoppedRun.shared.get().tiny
    let other = try tiny.replacingLayer(2, of: tiny.modelWithAnotherWeight(inLayer: 2))
    var generator = SeededGenerator(seed: 4)
    var prover = try RecursionProver(key: tiny.key, using: &generator)
    let inputs = try other.inputs(prompt: [58, 355], newTokens: 1, using: &generator)
    for input in inputs { try prover.absorb(input, using: &generator) }
    let proof = try prover.finish()
    let verifier = RecursionVerifier(sizes: tiny.key.sizes, keyDigest: tiny.key.digest)
    func verify(weights: ScalarField) throws {
      let chain = StatementChain.appending(inputs[0].tokensDigest, weights: weights, to: .zero)
      _ = try verifier.verify(proof, expecting: ExpectedRecursion(steps: inputs.count, statementChain: chain))
    }
    #expect(throws: FoldingError.refused("statement chain")) { try verify(weights: tiny.weightChain) }
    try verify(weights: other.weightChain)
  }
}
