import Foundation
import LayerFold
import Testing

@Suite(
  "Sizes (LAYERFOLD_LONG=1)", .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_LONG"] == "1"))
struct SizeTests {
  /// A copy of the bundled model with another number of layers, made of its own.
  private func model(layers: Int, in folder: URL) throws -> URL {
    let model = folder.appending(path: "model-\(layers)")
    try FileManager.default.copyItem(at: Fixture.model, to: model)
    let configFile = model.appending(path: "config.json")
    var config = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: configFile)) as? [String: Any])
    let original = try #require(config["num_hidden_layers"] as? Int)
    config["num_hidden_layers"] = layers
    try JSONSerialization.data(withJSONObject: config).write(to: configFile)

    let weightsFile = model.appending(path: "model.safetensors")
    let data = try Data(contentsOf: weightsFile)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(
      try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: [String: Any]])
    var (newHeader, newData): ([String: Any], Data) = ([:], Data())
    func append(_ name: String, from source: String) throws {
      let tensor = try #require(header[source])
      let range = try #require(tensor["data_offsets"] as? [Int])
      var copy = tensor
      copy["data_offsets"] = [newData.count, newData.count + range[1] - range[0]]
      newHeader[name] = copy
      newData += data[(8 + length + range[0])..<(8 + length + range[1])]
    }
    for name in header.keys.sorted() where name != "__metadata__" && !name.hasPrefix("model.layers.") {
      try append(name, from: name)
    }
    for layer in 0..<layers {
      let prefix = "model.layers.\(layer % original)."
      for name in header.keys.sorted() where name.hasPrefix(prefix) {
        try append("model.layers.\(layer)." + name.dropFirst(prefix.count), from: name)
      }
    }
    let encoded = try JSONSerialization.data(withJSONObject: newHeader)
    let count = Data((0..<8).map { UInt8(truncatingIfNeeded: encoded.count >> (8 * $0)) })
    try (count + encoded + newData).write(to: weightsFile)
    return model
  }

  @Test("a proof of 10 layers is as long as one of 1 layer")
  func layers() async throws {
    let folder = try TemporaryFolder()
    var sizes: Set<Int> = []
    for layers in [1, 10] {
      let key = try ProverKey.setup(model: model(layers: layers, in: folder.url), maxTokens: 16)
      let proof = try await Fixture.prove([Fixture.requests[0]], with: key).proof
      let verdict = try Verifier(key: key.verifierKey()).verify(proof)
      #expect(verdict.steps == layers + 3)
      sizes.insert(proof.bytes.count)
    }
    #expect(sizes.count == 1)
  }

  @Test("a proof of 8 texts is longer than one of 1 text by what it lists only")
  func batch() async throws {
    let fixture = try await Fixture.made()
    let one = try await Fixture.prove([Fixture.requests[0]], with: fixture.key)
    let eight = try await Fixture.prove(
      [InferenceRequest](repeating: Fixture.requests[0], count: 8), with: fixture.key)
    let listed = 4 * (3 + one.continuations[0].promptTokens.count + one.continuations[0].outputTokens.count) + 32
    #expect(eight.proof.bytes.count == one.proof.bytes.count + 7 * listed)
    #expect(try Verifier(key: fixture.verifierKey).verify(eight.proof).inferences.count == 8)
  }
}
