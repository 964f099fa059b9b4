import Foundation
import Model
import Testing

@Suite("Rejects: configurations and weights")
struct RejectionTests {
  private func configuration(_ edit: (inout [String: Any]) -> Void) throws -> ModelConfiguration {
    let json = try Data(contentsOf: ModelFixture.file("config.json"))
    var fields = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    edit(&fields)
    return try ModelConfiguration(
      json: JSONSerialization.data(withJSONObject: fields), file: "config.json")
  }

  @Test("Rejects: a missing or malformed config.json")
  func malformedConfiguration() throws {
    let missing = ModelFixture.file("missing.json")
    #expect(throws: ModelError.unreadableFile(file: "missing.json", reason: "there is no such file")) {
      try ModelConfiguration(file: missing)
    }
    for text in ["", "[]", "{", "{\"model_type\": 3}"] {
      #expect(throws: ModelError.self) { try ModelConfiguration(json: Data(text.utf8), file: "config.json") }
    }
    for field in [
      "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size",
      "max_position_embeddings", "rms_norm_eps",
    ] {
      let error = #expect(throws: ModelError.self) { try configuration { $0[field] = nil } }
      #expect(error?.description.contains(field) == true)
      #expect(throws: ModelError.self) { try configuration { $0[field] = "many" } }
      #expect(throws: ModelError.self) { try configuration { $0[field] = -1 } }
    }
    #expect(throws: ModelError.self) { try configuration { $0["num_key_value_heads"] = 3 } }
    #expect(throws: ModelError.self) { try configuration { $0["head_dim"] = 7 } }
    #expect(throws: ModelError.self) { try configuration { $0["eos_token_id"] = 512 } }
  }

  @Test("Rejects: architectures that are not a plain LLaMA")
  func unsupportedConfiguration() throws {
    let edits: [(String, Any)] = [
      ("model_type", "gemma"), ("architectures", ["MistralForCausalLM"]), ("hidden_act", "gelu"),
      ("mlp_bias", true), ("rope_scaling", ["rope_type": "yarn", "factor": 8.0]),
      ("rope_scaling", ["type": "linear", "factor": 2.0]), ("quantization_config", ["quant_method": "gptq"]),
    ]
    for (field, value) in edits {
      let error = #expect(throws: ModelError.self) { try configuration { $0[field] = value } }
      guard case .unsupported = error else {
        Issue.record("\(field) gave \(String(describing: error))")
        continue
      }
    }
    let list = try configuration { $0["eos_token_id"] = [5, 1] }
    #expect(list.endTokens == [1, 5])
    let defaults = try configuration {
      $0["head_dim"] = nil
      $0["rope_theta"] = nil
      $0["rope_parameters"] = ["rope_type": "default", "rope_theta": 500000.0]
    }
    #expect(defaults.headDimension == 8 && defaults.rotaryTheta == 500000)
  }

  private func safetensors(_ header: String, data: Int, length: UInt64? = nil) -> Data {
    var bytes = Data()
    withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { bytes.append(contentsOf: $0) }
    return bytes + Data(header.utf8) + Data(count: data)
  }

  @Test("Rejects: safetensors with a broken structure")
  func malformedSafetensors() throws {
    func reject(_ bytes: Data, _ reason: String) {
      let error = #expect(throws: ModelError.self) { try SafetensorsFile(bytes: bytes, name: "x") }
      guard case .malformedSafetensors(_, let found) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(found.contains(reason), "\(found)")
    }
    let a = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    #expect(try SafetensorsFile(bytes: safetensors(a, data: 8), name: "x").floats("a", shape: [2]) == [0, 0])
    reject(Data([1, 0, 0]), "shorter")
    for length: UInt64 in [0, 1, 63, 1000, 1 << 40, .max, 1 << 63] {
      reject(safetensors(a, data: 8, length: length), "header length")
    }
    reject(safetensors("[]", data: 0), "JSON object")
    reject(safetensors("{x", data: 0), "header")
    reject(safetensors(#"{"a":{"dtype":"F32","shape":[2]}}"#, data: 8), "header")
    reject(safetensors(a, data: 7), "out of range")
    reject(safetensors(a, data: 9), "behind the last")
    func two(_ first: String, _ second: String) -> String {
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[\#(first)]},"b":{"dtype":"F32","shape":[2],"data_offsets":[\#(second)]}}"#
    }
    reject(safetensors(two("0,8", "4,12"), data: 12), "overlap")
    reject(safetensors(two("0,8", "0,8"), data: 8), "overlap")
    reject(safetensors(two("0,8", "12,20"), data: 20), "hole")
    reject(safetensors(two("0,8", "16,8"), data: 16), "out of range")
    reject(safetensors(two("0,8", "-8,0"), data: 8), "out of range")
    reject(safetensors(two("0,8", "8"), data: 16), "out of range")
    func shape(_ shape: String, _ dtype: String = "F32") -> Data {
      safetensors(#"{"a":{"dtype":"\#(dtype)","shape":[\#(shape)],"data_offsets":[0,8]}}"#, data: 8)
    }
    reject(shape("3"), "do not fit")
    reject(shape("2", "F64"), "do not fit")
    reject(shape("2", "Q4"), "unknown dtype")
    reject(shape("-2"), "out of range")
    reject(shape("4294967296,4294967296"), "out of range")
  }

  /// The tiny LLaMA's weights with an edited header of the same length, or edited data.
  private func tampered(_ old: String, _ new: String) throws -> SafetensorsFile {
    var bytes = try Data(contentsOf: ModelFixture.file("model.safetensors"))
    let range = try #require(bytes.range(of: Data(old.utf8)))
    bytes.replaceSubrange(range, with: Data(new.utf8))
    return try SafetensorsFile(bytes: bytes, name: "model.safetensors")
  }

  @Test("Rejects: tensors of another architecture, dtype or shape, and values that are not finite")
  func unexpectedTensors() throws {
    let configuration = try configuration { _ in }
    func reject(_ weights: SafetensorsFile, _ words: String, _ edit: (inout [String: Any]) -> Void = { _ in }) throws {
      let shape = try self.configuration(edit)
      let error = #expect(throws: ModelError.self) { try FloatModel(configuration: shape, weights: weights) }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
    let weights = try SafetensorsFile(file: ModelFixture.file("model.safetensors"))
    _ = try FloatModel(configuration: configuration, weights: weights)
    try reject(weights, "model.layers.4") { $0["num_hidden_layers"] = 4 }
    try reject(weights, "lacks the tensor model.layers.5") { $0["num_hidden_layers"] = 6 }
    try reject(weights, "shape [512, 64]") { $0["vocab_size"] = 511 }
    try reject(try tampered("lm_head.weight", "lm_hade.weight"), "lacks the tensor lm_head.weight")
    try reject(try tampered(#""dtype":"F32","shape":[512,64]"#, #""dtype":"I32","shape":[512,64]"#), "dtype I32")
    for value in [Float.nan, .infinity, -.infinity] {
      var bytes = try Data(contentsOf: ModelFixture.file("model.safetensors"))
      withUnsafeBytes(of: value.bitPattern.littleEndian) {
        bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: $0)
      }
      try reject(try SafetensorsFile(bytes: bytes, name: "x"), "not finite")
    }
  }

  @Test("Laws: F16 and BF16 are read exactly, subnormals included")
  func halfPrecision() throws {
    func read(_ dtype: String, _ bits: [UInt16]) throws -> [Float] {
      let header = #"{"a":{"dtype":"\#(dtype)","shape":[\#(bits.count)],"data_offsets":[0,\#(2 * bits.count)]}}"#
      var bytes = safetensors(header, data: 0)
      for value in bits { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
      return try SafetensorsFile(bytes: bytes, name: "x").floats("a", shape: [bits.count])
    }
    #expect(
      try read("F16", [0x3c00, 0xc000, 0x7bff, 0x0001, 0x8001, 0x03ff, 0x3555])
        == [1, -2, 65504, 0x1p-24, -0x1p-24, 0x1.ff8p-15, 0x1.554p-2])
    #expect(try read("BF16", [0x3f80, 0xc000, 0x7f7f, 0x0001]) == [1, -2, 0x1.fep127, 0x1p-133])
    #expect(throws: ModelError.self) { try read("F16", [0x7c00]) }
    #expect(throws: ModelError.self) { try read("BF16", [0x7fc0]) }
  }

  @Test("Rejects: a folder without weights")
  func withoutWeights() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(contentsOf: ModelFixture.file("config.json")).write(to: folder.appendingPathComponent("config.json"))
    let missing = #expect(throws: ModelError.self) { try FloatModel(directory: folder) }
    #expect(missing == .unreadableFile(file: "model.safetensors", reason: "there is no such file"))
    try FileManager.default.removeItem(at: folder)
  }
}
