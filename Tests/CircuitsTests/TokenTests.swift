import Algebra
import Arguments
import Circuits
import ConstraintSystem
import Model
import Support
import Testing

/// Token logic: honest texts pass in every world, each broken rule is refused by name.
@Suite struct TokenTests {
  /// T = 4, V = 37, all four tokens used.
  let inference: Inference
  let salt = ScalarField(0x1234_5678)

  init() throws {
    let model = try ModelSamples.random(ModelSamples.configuration(hidden: 4, intermediate: 4), positions: 4, seed: 30)
    let generated = try model.generate(prompt: [36, 7], maxNewTokens: 2)
    inference = try Inference(model, text: [36, 7] + generated.tokens)
  }

  private var advice: TokenAdvice { TokenAdvice(promptLength: 2, length: 4, salt: salt) }

  private func layout(_ kind: StepKind) -> StepColumns {
    let limbs = inference[kind].limbs
    return StepColumns(
      digitBits: inference.model.parameters.digitBits, limbs: limbs.offset..<limbs.offset + limbs.count)
  }

  /// The logic over committed values, in a witness world.
  private func run(
    _ kind: StepKind, _ values: StepValues, _ advice: TokenAdvice?, isStrict: Bool = true
  ) throws -> (logic: TokenLogic<ScalarField>?, world: WitnessBuilder<ScalarField>) {
    var world = WitnessBuilder<ScalarField>(layout: layout(kind), values: values.values, isStrict: isStrict)
    let logic = try inference[kind].constrain(in: &world, advice: advice)
    return (logic, world)
  }

  @Test(arguments: [StepKind.embedding, .head]) func honest(kind: StepKind) throws {
    let values = inference.values(kind)
    let (logic, world) = try run(kind, values, advice)
    let found = try #require(logic)
    let prompt = try TokenDigests.prompt([36, 7], salt: salt, positions: 4)
    let text = try TokenDigests.tokens(
      promptDigest: prompt, promptLength: 2, generated: Array(inference.tokens[2...]), positions: 4)
    #expect(found.promptDigest == prompt)
    #expect(found.tokensDigest == text)
    let selected = inference.selectors(kind, values)
    #expect(found.selectors.keys.sorted() == selected.keys.sorted())
    for (name, rows) in found.selectors {
      #expect(rows.map { bits in bits.reversed().reduce(0) { 2 * $0 + ($1 == .one ? 1 : 0) } } == selected[name])
      #expect(rows.allSatisfy { $0.count == 6 })
    }
    var shapes = ShapeBuilder<ScalarField>(layout: layout(kind))
    _ = try inference[kind].constrain(in: &shapes, advice: nil)
    let shape = shapes.finish()
    #expect(shape.traceCount == world.trace.count)
    #expect(shape.firstViolation(values: values.values, trace: world.trace, publics: world.publics) == nil)
  }

  /// Every third variable; free are only inverses that "at most" does not need.
  @Test(arguments: [StepKind.embedding, .head]) func variablesArePinned(kind: StepKind) throws {
    let values = inference.values(kind)
    let trace = try run(kind, values, advice).world.trace
    var shapes = ShapeBuilder<ScalarField>(layout: layout(kind))
    _ = try inference[kind].constrain(in: &shapes, advice: nil)
    let shape = shapes.finish()
    let free = stride(from: 0, to: trace.count, by: 3).filter { index in
      var changed = trace
      changed[index] += .one
      return shape.firstViolation(values: values.values, trace: changed, publics: [.one, .zero]) == nil
    }
    // 36 = 100100 in binary has two runs of zeros.
    #expect(free.count <= 4 * 2)
  }

  @Test func layerAndFinalHaveNone() throws {
    for kind in [StepKind.layer, .final] {
      let (logic, world) = try run(kind, inference.values(kind), nil)
      #expect(logic == nil && world.trace.isEmpty)
    }
  }

  @Test func missingAdvice() throws {
    #expect(throws: CircuitError.missingTokens) { try run(.embedding, inference.values(.embedding), nil) }
  }

  @Test(arguments: [(0, 4), (4, 4), (3, 3), (2, 5), (3, 2), (5, 6)])
  func lengths(promptLength: Int, length: Int) throws {
    let advice = TokenAdvice(promptLength: promptLength, length: length, salt: salt)
    for kind in [StepKind.embedding, .head] {
      #expect(throws: ConstraintError.self) { try run(kind, inference.values(kind), advice) }
      try expectViolated(kind, inference.values(kind), advice)
    }
  }

  @Test func tokensBeyondTheText() throws {
    let short = TokenAdvice(promptLength: 2, length: 3, salt: salt)
    for kind in [StepKind.embedding, .head] {
      var values = inference.values(kind)
      let tokens = inference[kind].tensor("tokens")
      values.values[tokens.offset + 3] = 0
      _ = try run(kind, values, short)
      values.values[tokens.offset + 3] = 1
      #expect(throws: ConstraintError.violated("tokens beyond the text are 0")) { try run(kind, values, short) }
      try expectViolated(kind, values, short)
    }
  }

  @Test(arguments: [37, 63, 64, -1]) func idsOutsideTheVocabulary(id: Int64) throws {
    for (kind, name, place) in [(StepKind.embedding, "tokens", 0), (.embedding, "tokens", 3), (.head, "winner", 3)] {
      var values = inference.values(kind)
      values.values[inference[kind].tensor(name).offset + place] = id
      #expect(throws: ConstraintError.self) { try run(kind, values, advice) }
      try expectViolated(kind, values, advice)
    }
  }

  @Test func notTheGreedyToken() throws {
    for place in 2..<4 {
      var values = inference.values(.head)
      let tokens = inference[.head].tensor("tokens")
      values.values[tokens.offset + place] = (values.values[tokens.offset + place] + 1) % 37
      #expect(throws: ConstraintError.violated("a generated token is the greedy one")) {
        try run(.head, values, advice)
      }
      try expectViolated(.head, values, advice)
    }
    // Tokens of the prompt need not be greedy.
    var values = inference.values(.head)
    values.values[inference[.head].tensor("tokens").offset + 1] = 9
    _ = try run(.head, values, advice)
  }

  @Test func shorterMaximum() throws {
    let quantization = inference.model.parameters
    let parameters = try CircuitParameters(
      configuration: inference.model.configuration, quantization: quantization, maxTokens: 3, limbsLog: 3)
    let circuit = StepCircuit.all(parameters)[StepKind.embedding.rawValue]
    for length in [3, 4] {
      let text = Array(inference.tokens[..<length])
      let trace = try inference.model.embed(text)
      let values = circuit.values(of: trace, weights: circuit.weights(of: inference.model))
      var world = WitnessBuilder<ScalarField>(layout: layout(.embedding), values: values.values)
      let advice = TokenAdvice(promptLength: 2, length: length, salt: salt)
      if length == 3 {
        _ = try circuit.constrain(in: &world, advice: advice)
      } else {
        #expect(throws: ConstraintError.self) { try circuit.constrain(in: &world, advice: advice) }
      }
    }
  }

  @Test func maximumOutOfRange() throws {
    for maxTokens in [0, 1, 5] {
      #expect(throws: CircuitError.parameterOutOfRange(name: "maxTokens", found: maxTokens, expected: 2...4)) {
        try CircuitParameters(
          configuration: inference.model.configuration, quantization: inference.model.parameters,
          maxTokens: maxTokens, limbsLog: 3)
      }
    }
  }

  @Test func digestsDependOnEverything() throws {
    func digest(_ prompt: [Int], _ generated: [Int], _ salt: ScalarField, positions: Int = 8) throws -> ScalarField {
      try TokenDigests.tokens(
        promptDigest: TokenDigests.prompt(prompt, salt: salt, positions: positions), promptLength: prompt.count,
        generated: generated, positions: positions)
    }
    let all = [
      try digest([1, 2], [3, 0], salt), try digest([1, 2], [3], salt), try digest([1, 2, 3], [0], salt),
      try digest([1], [2, 3, 0], salt), try digest([1, 2], [3, 0], salt + .one), try digest([2, 1], [3, 0], salt),
      try digest([1, 2], [3, 0], salt, positions: 16), try digest([1, 2], [3, 0, 0], salt),
    ]
    #expect(Set(all).count == all.count)
    #expect(throws: CircuitError.self) { try digest([1, 2, 3, 4, 5, 6], [1, 2, 3], salt) }
  }

  /// What a cheating prover's witness violates in the shape.
  private func expectViolated(_ kind: StepKind, _ values: StepValues, _ advice: TokenAdvice) throws {
    let world = try run(kind, values, advice, isStrict: false).world
    var shapes = ShapeBuilder<ScalarField>(layout: layout(kind))
    _ = try inference[kind].constrain(in: &shapes, advice: nil)
    let violation = shapes.finish().firstViolation(values: values.values, trace: world.trace, publics: world.publics)
    #expect(violation != nil)
  }
}
