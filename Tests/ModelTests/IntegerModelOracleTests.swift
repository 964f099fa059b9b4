import Crypto
import Foundation
import Model
import Testing

/// constants.json: what the independent program was given.
private struct OracleInput: Decodable {
  let name: String
  let folder: String
  let constants: QuantizationParameters
  let tokens: [Int]
}

/// integer_model.json: what it computed.
private struct OracleOutput: Decodable {
  struct Tensor: Decodable {
    let name: String
    let count: Int
    let first: [String]
    let sha256: String
  }
  struct Case: Decodable {
    let name: String
    let tensors: [Tensor]
  }

  let cases: [Case]
}

/// One of our tensors, in the form of the vectors.
private struct Fingerprint: Equatable {
  let count: Int
  let first: [String]
  let sha256: String

  init<Value: FixedWidthInteger & SignedInteger>(_ values: [Value]) {
    count = values.count
    first = values.prefix(8).map { String($0) }
    var bytes = Data()
    for value in values {
      if Value.bitWidth == 128 {
        withUnsafeBytes(of: Int128(value).littleEndian) { bytes.append(contentsOf: $0) }
      } else {
        withUnsafeBytes(of: Int64(value).littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    sha256 = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
  }

  init(_ known: OracleOutput.Tensor) {
    (count, first, sha256) = (known.count, known.first, known.sha256)
  }
}

/// All tensors of one run, by the names of Docs/IntegerModel.md.
private struct NamedTensors {
  private(set) var fingerprints: [String: Fingerprint] = [:]

  init(_ model: QuantizedModel, tokens: [Int]) throws {
    addConstants(model)
    let embedding = try model.embed(tokens)
    add("embedding", embedding.output)
    var state = embedding.output
    for index in model.layers.indices {
      let trace = try model.layer(index, input: state)
      add(trace, "layer\(index).")
      state = trace.output.values
    }
    let head = try model.head(input: state)
    add(head.norm, "head.headNorm")
    add("head.winner", head.winner)
    add("head.largest", head.largest)
    add("head.gaps", head.gaps)
  }

  private mutating func add<Value: FixedWidthInteger & SignedInteger>(_ name: String, _ values: [Value]) {
    fingerprints[name] = Fingerprint(values)
  }

  private mutating func add(_ name: String, _ tensor: RescaledTensor) {
    add(name, tensor.values)
    add(name + "Remainder", tensor.remainders)
  }

  private mutating func add(_ norm: RMSNormTrace, _ name: String) {
    add(name + ".squareSum", norm.squareSum)
    add(name + ".inverseRoot", norm.inverseRoot)
    add(name + ".slackLow", norm.slackLow)
    add(name + ".slackHigh", norm.slackHigh)
    add(name + ".normalized", norm.normalized)
  }

  private mutating func addConstants(_ model: QuantizedModel) {
    add("tables.cosine", model.tables.cosine)
    add("tables.sine", model.tables.sine)
    add("tables.exponentialLow", model.tables.exponentialLow)
    add("tables.exponentialHigh", model.tables.exponentialHigh)
    add("tables.silu", model.tables.silu)
    add("weights.embedding", model.embedding.values)
    add("weights.head", model.head.values)
    for (index, layer) in model.layers.enumerated() {
      add("weights.layer\(index).query", layer.query.values)
      add("weights.layer\(index).key", layer.key.values)
      add("weights.layer\(index).value", layer.value.values)
      add("weights.layer\(index).output", layer.output.values)
      add("weights.layer\(index).gate", layer.gate.values)
      add("weights.layer\(index).up", layer.up.values)
      add("weights.layer\(index).down", layer.down.values)
    }
  }

  private mutating func add(_ trace: LayerTrace, _ prefix: String) {
    add(trace.attentionNorm, prefix + "attentionNorm")
    let (attention, softmax) = (trace.attention, trace.attention.softmax)
    add(prefix + "query", attention.query)
    add(prefix + "key", attention.key)
    add(prefix + "value", attention.value)
    add(prefix + "rotatedQuery", attention.rotatedQuery)
    add(prefix + "rotatedKey", attention.rotatedKey)
    add(prefix + "scoreRemainder", softmax.scoreRemainder)
    add(prefix + "maximum", softmax.maximum)
    add(prefix + "differenceLow", softmax.differenceLow)
    add(prefix + "differenceHigh", softmax.differenceHigh)
    add(prefix + "exponentialLow", softmax.exponentialLow)
    add(prefix + "exponentialHigh", softmax.exponentialHigh)
    add(prefix + "exponential", softmax.exponential)
    add(prefix + "total", softmax.total)
    add(prefix + "reciprocal", softmax.reciprocal)
    add(prefix + "slackLow", softmax.slackLow)
    add(prefix + "slackHigh", softmax.slackHigh)
    add(prefix + "weightedSum", attention.weightedSum)
    add(prefix + "attended", attention.attended)
    add(prefix + "attentionOutput", trace.attentionOutput)
    add(trace.feedForwardNorm, prefix + "feedForwardNorm")
    add(prefix + "gate", trace.feedForward.gate)
    add(prefix + "up", trace.feedForward.up)
    add(prefix + "activated", trace.feedForward.activated)
    add(prefix + "hidden", trace.feedForward.hidden)
    add(prefix + "output", trace.output)
  }
}

@Suite("The integer model against its independent recomputation")
struct IntegerModelOracleTests {
  private func inputs() throws -> [OracleInput] {
    try ModelFixture.decode([OracleInput].self, ModelFixture.vectors.appendingPathComponent("constants.json"))
  }

  @Test("Oracle: every table, weight and tensor is equal")
  func tensors() throws {
    let url = ModelFixture.vectors.appendingPathComponent("integer_model.json")
    let outputs = try ModelFixture.decode(OracleOutput.self, url)
    let inputs = try inputs()
    #expect(outputs.cases.map { $0.name } == inputs.map { $0.name })
    for input in inputs {
      let float = try FloatModel(directory: ModelFixture.vectors.appendingPathComponent(input.folder))
      let model = try QuantizedModel(quantizing: float, parameters: input.constants)
      let ours = try NamedTensors(model, tokens: input.tokens).fingerprints
      let known = try #require(outputs.cases.first { $0.name == input.name })
      #expect(Set(known.tensors.map { $0.name }) == Set(ours.keys))
      for tensor in known.tensors {
        #expect(ours[tensor.name] == Fingerprint(tensor), "\(input.name): \(tensor.name)")
      }
    }
  }

  @Test("KnownAnswer: calibration chooses the constants of the vectors")
  func calibration() throws {
    let constants = try #require(try inputs().first { $0.name == "calibrated" }).constants
    let model = try ModelFixture.quantized(positions: constants.positions)
    #expect(model.parameters == constants)
    let encoded = try JSONEncoder().encode(model.parameters)
    #expect(try JSONDecoder().decode(QuantizationParameters.self, from: encoded) == constants)
  }

  @Test("Laws: calibration of the odd model gives a model that runs")
  func oddCalibration() throws {
    let float = try FloatModel(directory: ModelFixture.vectors.appendingPathComponent("odd-llama"))
    let model = try QuantizedModel(quantizing: float, positions: 16)
    #expect(try model.generate(prompt: [1, 2], maxNewTokens: 14).tokens.count == 14)
  }
}
