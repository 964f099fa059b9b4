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

extension Fingerprint {
  fileprivate init(_ known: OracleOutput.Tensor) {
    self.init(count: known.count, first: known.first, sha256: known.sha256)
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
    let ternary = try #require(try inputs().first { $0.name == "ternary" }).constants
    #expect(try TernaryFixture.quantized(positions: ternary.positions).parameters == ternary)
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
