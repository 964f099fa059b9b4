import Foundation
import Model
import Testing

@Suite("Models in several files")
struct ShardTests {
  /// The tensors of the tiny LLaMA as bytes, dealt to `count` files in turn.
  private func shards(_ count: Int) throws -> [[String]] {
    let file = try SafetensorsFile(file: ModelFixture.file("model.safetensors"))
    var dealt = [[String]](repeating: [], count: count)
    for (index, tensor) in file.tensors.enumerated() { dealt[index % count].append(tensor) }
    return dealt
  }

  private func bytes(of tensors: [String]) throws -> Data {
    let file = try SafetensorsFile(file: ModelFixture.file("model.safetensors"))
    return SafetensorsBytes.encode(
      try tensors.map { tensor in
        let shape = try #require(file.shape(of: tensor))
        return (tensor, shape, try file.floats(tensor, shape: shape))
      })
  }

  private func name(_ shard: Int, of count: Int) -> String {
    String(format: "model-%05d-of-%05d.safetensors", shard + 1, count)
  }

  /// Writes shards and an index into a folder, edits them, and reads the model.
  private func model(
    _ count: Int, map: (inout [String: String]) -> Void = { _ in },
    files: (URL, [[String]]) throws -> Void = { _, _ in }
  ) throws -> FloatModel {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(contentsOf: ModelFixture.file("config.json")).write(to: folder.appendingPathComponent("config.json"))
    let dealt = try shards(count)
    var weights: [String: String] = [:]
    for (shard, tensors) in dealt.enumerated() {
      try bytes(of: tensors).write(to: folder.appendingPathComponent(name(shard, of: count)))
      for tensor in tensors { weights[tensor] = name(shard, of: count) }
    }
    map(&weights)
    try files(folder, dealt)
    let index: [String: Any] = ["metadata": ["total_size": 1], "weight_map": weights]
    try JSONSerialization.data(withJSONObject: index)
      .write(to: folder.appendingPathComponent("model.safetensors.index.json"))
    let result = Result { try FloatModel(directory: folder) }
    try FileManager.default.removeItem(at: folder)
    return try result.get()
  }

  @Test("Laws: a model in three files is the model in one")
  func threeFiles() throws {
    let (sharded, whole) = (try model(3), try ModelFixture.floatModel())
    var (first, second) = (FloatState(of: sharded), FloatState(of: whole))
    #expect(sharded.logits([1, 2, 3], state: &first) == whole.logits([1, 2, 3], state: &second))
    _ = try model(1)
  }

  @Test("Rejects: shards that are missing, hold too much, too little or the wrong tensors")
  func rejections() throws {
    func reject(_ words: [String], _ body: () throws -> FloatModel) {
      let error = #expect(throws: ModelError.self) { _ = try body() }
      for word in words { #expect(error?.description.contains(word) == true, "\(String(describing: error))") }
    }
    let second = name(1, of: 3)
    reject([second, "no such file"]) {
      try model(
        3, files: { folder, _ in try FileManager.default.removeItem(at: folder.appendingPathComponent(second)) })
    }
    reject(["model.norm.weight", "wrong file", second]) { try model(3, map: { $0["model.norm.weight"] = second }) }
    reject(["model.norm.weight", "no place in model.safetensors.index.json"]) {
      try model(3, map: { $0["model.norm.weight"] = nil })
    }
    reject(["lacks the tensor lm_head.bias", second]) { try model(3, map: { $0["lm_head.bias"] = second }) }
    reject(["second copy", "model.norm.weight"]) {
      try model(
        3,
        files: { folder, dealt in
          for (shard, tensors) in dealt.enumerated() where !tensors.contains("model.norm.weight") {
            try bytes(of: tensors + ["model.norm.weight"]).write(to: folder.appendingPathComponent(name(shard, of: 3)))
          }
        })
    }
    reject([second, "not a valid safetensors file"]) {
      try model(3, files: { folder, _ in try Data([1, 2, 3]).write(to: folder.appendingPathComponent(second)) })
    }
    for bad in ["../x.safetensors", "/x.safetensors", "a/b.safetensors", "x.bin", "", ".safetensors"] {
      reject(["weight_map"]) { try model(3, map: { $0["model.norm.weight"] = bad }) }
    }
    reject(["weight_map"]) { try model(3, map: { $0 = [:] }) }
    #expect(throws: ModelError.self) {
      try ShardedSafetensors(json: Data("{}".utf8), name: "index") { try SafetensorsFile(bytes: Data(), name: $0) }
    }
  }

  @Test("Rejects: biases that the configuration does not have, unless they are zeros")
  func unexpectedBiases() throws {
    let file = try SafetensorsFile(file: ModelFixture.file("model.safetensors"))
    let all = try file.tensors.map { tensor in
      let shape = try #require(file.shape(of: tensor))
      return (tensor, shape, try file.floats(tensor, shape: shape))
    }
    let configuration = try ModelFixture.floatModel().configuration
    func read(_ tensor: String, _ values: [Float]) throws -> FloatModel {
      let bytes = SafetensorsBytes.encode(all + [(tensor, [values.count], values)])
      return try FloatModel(configuration: configuration, weights: SafetensorsFile(bytes: bytes, name: "x"))
    }
    let bias = "model.layers.2.self_attn.q_proj.bias"
    _ = try read(bias, [Float](repeating: 0, count: 64))
    let error = #expect(throws: ModelError.self) { try read(bias, [Float](repeating: 0, count: 63) + [1]) }
    #expect(error?.description.contains(bias) == true)
    #expect(throws: ModelError.self) { try read("model.norm.bias", [0.5]) }
    #expect(try read("model.norm.bias", [0]).ignoredTensors == [])
    #expect(throws: ModelError.self) { try read("model.layers.5.self_attn.q_proj.bias", [0]) }
    // What belongs to no part of the model is ignored, and listed.
    for tensor in ["lm_head.scale", "model.layers.0.self_attn.q_norm.weight", "visual.weight"] {
      #expect(try read(tensor, [1]).ignoredTensors == [tensor])
    }
  }
}

/// Safetensors made for a test.
enum SafetensorsBytes {
  /// F32 tensors in this order.
  static func encode(_ tensors: [(name: String, shape: [Int], values: [Float])]) -> Data {
    var (entries, data) = ([String](), Data())
    for tensor in tensors {
      let begin = data.count
      for value in tensor.values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
      entries.append(
        "\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),\"data_offsets\":[\(begin),\(data.count)]}")
    }
    let header = Data("{\(entries.joined(separator: ","))}".utf8)
    var bytes = Data()
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
    return bytes + header + data
  }
}
