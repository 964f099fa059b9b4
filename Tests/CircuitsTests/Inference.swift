import Arguments
import Circuits
import Model
import Support

/// One inference of a model: its circuits and the integers of every kind of step.
struct Inference {
  let model: QuantizedModel
  let parameters: CircuitParameters
  let circuits: [StepCircuit]
  /// All positions, 0 beyond the text.
  let tokens: [Int]
  let embedding: EmbeddingTrace
  let layers: [LayerTrace]
  let head: HeadTrace

  /// The full pass over a text.
  init(_ model: QuantizedModel, text: [Int], limbsLog: Int = 3) throws {
    self.model = model
    parameters = try CircuitParameters(
      configuration: model.configuration, quantization: model.parameters, maxTokens: model.parameters.positions,
      limbsLog: limbsLog)
    circuits = StepCircuit.all(parameters)
    embedding = try model.embed(text)
    tokens = embedding.tokens
    var layers: [LayerTrace] = []
    for index in model.layers.indices {
      layers.append(try model.layer(index, input: layers.last?.output.values ?? embedding.output))
    }
    self.layers = layers
    head = try model.head(input: layers.last?.output.values ?? embedding.output)
  }

  /// A text of random tokens, shorter than the model's positions.
  static func random(
    _ configuration: ModelConfiguration, positions: Int, digitBits: Int = 16, seed: UInt64
  ) throws -> Inference {
    var generator = SeededGenerator(seed: seed)
    let text = (0..<max(1, positions - 3)).map { _ in
      Int.random(in: 0..<configuration.vocabularySize, using: &generator)
    }
    return try Inference(
      ModelSamples.random(configuration, positions: positions, digitBits: digitBits, seed: seed), text: text)
  }

  subscript(_ kind: StepKind) -> StepCircuit { circuits[kind.rawValue] }

  /// The honest integers of a step, lookups not yet counted; digits of the recursion are arbitrary.
  func values(_ kind: StepKind, layer: Int = 0) -> StepValues {
    let circuit = self[kind]
    let weights = circuit.weights(of: model, layer: layer)
    var values: StepValues
    switch kind {
    case .embedding: values = circuit.values(of: embedding, weights: weights)
    case .layer: values = circuit.values(of: layers[layer], weights: weights)
    case .head: values = circuit.values(of: head, tokens: tokens, weights: weights)
    case .final: values = circuit.values()
    }
    for index in 0..<circuit.limbs.count {
      values.values[circuit.limbs.offset + index] = Int64(index * 37 % (1 << model.parameters.digitBits))
    }
    return values
  }

  /// Counts lookups and throws what makes the statement false: an input outside its table, or the checker's error.
  func check(_ kind: StepKind, _ values: StepValues) throws {
    let circuit = self[kind]
    var values = values
    try circuit.countLookups(in: &values)
    try checkCounted(kind, values)
  }

  /// Throws what makes the statement false for exactly these integers.
  func checkCounted(_ kind: StepKind, _ values: StepValues) throws {
    let statement = self[kind].statement
    try StatementChecker(
      statement, data: values.data(tables: statement.tables), selectors: selectors(kind, values)
    ).check()
  }

  /// What token logic selects, read from the committed integers.
  func selectors(_ kind: StepKind, _ values: StepValues) -> [String: [Int]] {
    switch kind {
    case .embedding: ["tokens": self[kind].tensor("tokens").entries(values).map { Int($0) }]
    case .head: ["winner": self[kind].tensor("winner").entries(values).map { Int($0) }]
    case .layer, .final: [:]
    }
  }
}

extension StepCircuit {
  /// The named tensor.
  func tensor(_ name: String) -> Tensor {
    guard let tensor = tensors.first(where: { $0.name == name }) else { preconditionFailure("no tensor \(name)") }
    return tensor
  }
}

extension Tensor {
  /// All entries, padding included.
  func entries(_ values: StepValues) -> [Int64] {
    let range = offset..<offset + count
    switch segment {
    case .input: return values.input[range].map { Int64($0) }
    case .output: return values.output[range].map { Int64($0) }
    case .weights: return values.weights[range].map { Int64($0) }
    case .values: return Array(values.values[range])
    case .tables: return []
    }
  }
}
