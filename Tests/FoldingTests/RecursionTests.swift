import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem
import Folding
import Foundation
import Model
import Support
import Testing

/// One recursion over the tiny LLaMA with a few positions, shared by tests.
struct TinyRecursion {
  let model: QuantizedModel
  let key: RecursionKey
  let weights: [(commitments: [AffinePoint<PrimaryCurve>], blinders: [ScalarField])]

  /// Keys and weight commitments.
  init(positions: Int, chunkLog: Int) throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let floats = try FloatModel(directory: tests.appending(path: "ModelTests/Vectors/tiny-llama"))
    let model = try QuantizedModel(quantizing: floats, positions: positions)
    self.model = model
    key = try RecursionKey(chunkLog: chunkLog) { limbsLog in
      StepCircuit.all(
        try CircuitParameters(
          configuration: model.configuration, quantization: model.parameters, maxTokens: positions, limbsLog: limbsLog))
    }
    var generator = SeededGenerator(seed: 7)
    var weights: [(commitments: [AffinePoint<PrimaryCurve>], blinders: [ScalarField])] = []
    for (kind, layer) in [(StepKind.embedding, 0)] + model.layers.indices.map({ (.layer, $0) }) + [(.head, 0), (.final, 0)] {
      let integers = key.circuits[kind.rawValue].step.weights(of: model, layer: layer)
      let blinders = ChunkBlinders<ScalarField>.random(count: key.sizes.order.weights.count, using: &generator)
      let points = try key.generators.commit(
        chunks: integers.map(Int64.init), chunkCount: key.sizes.order.weights.count, blinders: blinders).points
      weights.append((points, blinders.values))
    }
    self.weights = weights
  }

  /// Absorbs one whole inference.
  func absorb(
    prompt: [Int], newTokens: Int, into prover: inout RecursionProver, using generator: inout SeededGenerator
  ) throws -> ScalarField {
    let output = try model.generate(prompt: prompt, maxNewTokens: newTokens, stopTokens: []).tokens
    let text = prompt + output
    let positions = model.parameters.positions
    let salt = ScalarField.random(using: &generator)
    let advice = TokenAdvice(promptLength: prompt.count, length: text.count, salt: salt)
    let digest = try TokenDigests.tokens(
      promptDigest: TokenDigests.prompt(prompt, salt: salt, positions: positions), promptLength: prompt.count,
      generated: output, positions: positions)
    let circuits = key.circuits.map(\.step)
    func step(
      _ kind: StepKind, _ values: StepValues, place: Int, selected: [String: [Int]] = [:], advice: TokenAdvice? = nil
    ) throws {
      try prover.absorb(
        StepInput(
          kind: kind, values: values, weights: weights[place], tokens: advice, tokensDigest: digest,
          selected: selected), using: &generator)
    }
    let embedding = try model.embed(text)
    try step(
      .embedding, circuits[0].values(of: embedding, weights: circuits[0].weights(of: model)), place: 0,
      selected: ["tokens": embedding.tokens], advice: advice)
    var hidden = embedding.output
    for index in model.layers.indices {
      let trace = try model.layer(index, input: hidden)
      try step(
        .layer, circuits[1].values(of: trace, weights: circuits[1].weights(of: model, layer: index)),
        place: 1 + index)
      hidden = trace.output.values
    }
    let head = try model.head(input: hidden)
    try step(
      .head, circuits[2].values(of: head, tokens: embedding.tokens, weights: circuits[2].weights(of: model)),
      place: 1 + model.layers.count, selected: ["winner": head.winner.map { Int($0) }], advice: advice)
    return digest
  }

  /// Absorbs the last step.
  func close(_ prover: inout RecursionProver, digest: ScalarField, using generator: inout SeededGenerator) throws {
    try prover.absorb(
      StepInput(
        kind: .final, values: key.circuits[3].step.values(), weights: weights[2 + model.layers.count], tokens: nil,
        tokensDigest: digest, selected: [:]), using: &generator)
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
    var digest = ScalarField.zero
    for prompt in [[58, 355], [42]] {
      digest = try tiny.absorb(prompt: prompt, newTokens: 2, into: &prover, using: &generator)
      chain = StatementChain.appending(digest, weights: tiny.weightChain, to: chain)
    }
    try tiny.close(&prover, digest: digest, using: &generator)
    let proof = try prover.finish()
    try ClearDecider.check(prover)
    let verifier = RecursionVerifier(sizes: tiny.key.sizes, keyDigest: tiny.key.digest)
    let steps = 2 * (tiny.model.layers.count + 2) + 1
    let instances = try verifier.verify(proof, expecting: ExpectedRecursion(steps: steps, statementChain: chain))
    #expect(instances == prover.running)
  }
}
