package import Foundation

/// A model as people have it: a folder in Hugging Face format, or one GGUF file of llama.cpp. Opening it reads headers
/// and the tokenizer; weights stay in their files.
package struct ModelFiles: Sendable {
  /// The shape.
  package let configuration: ModelConfiguration
  /// The bytes of the tokenizer.json, read or made from the GGUF file's metadata, without checks of its content.
  package let tokenizerJSON: Data
  private let weights: any TensorSource

  /// Opens a folder or a file; throws any reading error of this target.
  package init(at url: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw ModelError.unreadableFile(file: url.relativePath, reason: "there is no such folder or file")
    }
    if isFolder.boolValue {
      configuration = try ModelConfiguration(file: url.appendingPathComponent("config.json"))
      tokenizerJSON = try Self.tokenizer(in: url)
      weights = try Self.weights(in: url)
    } else {
      let model = try GGUFModel(file: url)
      configuration = model.configuration
      tokenizerJSON = try model.tokenizerJSON()
      weights = model
    }
  }

  /// Reads all weights; throws `missingTensor` or `unexpectedTensor`.
  package func floatModel() throws -> FloatModel {
    try FloatModel(configuration: configuration, weights: weights)
  }

  /// The weights of a folder: `model.safetensors`, or else `model.safetensors.index.json` and the files it names;
  /// throws any reading error of this target.
  static func weights(in folder: URL) throws -> any TensorSource {
    let whole = folder.appendingPathComponent("model.safetensors")
    let index = folder.appendingPathComponent("model.safetensors.index.json")
    let manager = FileManager.default
    if !manager.fileExists(atPath: whole.path) && manager.fileExists(atPath: index.path) {
      return try ShardedSafetensors(index: index)
    }
    return try SafetensorsFile(file: whole)
  }

  private static func tokenizer(in folder: URL) throws -> Data {
    let file = folder.appendingPathComponent("tokenizer.json")
    let other = folder.appendingPathComponent("tokenizer.model")
    let manager = FileManager.default
    if !manager.fileExists(atPath: file.path) && manager.fileExists(atPath: other.path) {
      throw ModelError.unsupported(
        file: other.lastPathComponent, feature: "a tokenizer without tokenizer.json",
        expected: "a byte-level BPE in tokenizer.json")
    }
    return try readFile(file)
  }
}
