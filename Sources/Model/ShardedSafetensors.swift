package import Foundation

/// A model in several safetensors files, with an index that says which tensor is in which.
///
/// Opening it opens all files and compares them with the index: every tensor of the index is in the file it names and in
/// no other, and no file holds a tensor that the index lacks. The index's `total_size` is not compared, because
/// published models disagree about what it counts.
package struct ShardedSafetensors: TensorSource {
  private struct Index: Decodable {
    let weights: [String: String]

    enum CodingKeys: String, CodingKey {
      case weights = "weight_map"
    }
  }

  /// The most files one model may have.
  private static let shardLimit = 4096

  /// The index's name, used in messages.
  package let name: String
  private let shardOfTensor: [String: Int]
  private let shards: [SafetensorsFile]

  /// The names of all tensors.
  package var tensors: [String] { shardOfTensor.keys.sorted() }

  /// Opens `model.safetensors.index.json` and the files beside it; throws `unreadableFile`, `malformedField`,
  /// `malformedSafetensors`, `missingTensor` or `unexpectedTensor`.
  package init(index url: URL) throws {
    let folder = url.deletingLastPathComponent()
    try self.init(json: readFile(url), name: url.lastPathComponent) { shard in
      try SafetensorsFile(file: folder.appendingPathComponent(shard))
    }
  }

  /// Parses the bytes of an index called `name` in messages and opens every file it names with `open`; throws as
  /// ``init(index:)`` does.
  package init(json: Data, name: String, open: (String) throws -> SafetensorsFile) throws {
    let index = try decodeJSON(Index.self, from: json, file: name)
    let files = Set(index.weights.values).sorted()
    guard files.allSatisfy(Self.isFileName), (1...Self.shardLimit).contains(files.count) else {
      throw ModelError.malformedField(
        file: name, field: "weight_map", expected: "1 to \(Self.shardLimit) safetensors files beside the index")
    }
    self.name = name
    shards = try files.map(open)
    var found: [String: Int] = [:]
    for (position, shard) in shards.enumerated() {
      for tensor in shard.tensors {
        if let other = found.updateValue(position, forKey: tensor) {
          throw Self.misplaced(tensor, in: shard.name, found: "a second copy in \(files[other])", expected: "one copy")
        }
      }
    }
    for (tensor, position) in found.sorted(by: { $0.key < $1.key }) {
      guard let listed = index.weights[tensor] else {
        throw Self.misplaced(tensor, in: files[position], found: "no place in \(name)", expected: "a place there")
      }
      if listed != files[position] {
        throw Self.misplaced(
          tensor, in: files[position], found: "a place in the wrong file", expected: "it in \(listed)")
      }
    }
    if let missing = index.weights.keys.filter({ found[$0] == nil }).sorted().first {
      throw ModelError.missingTensor(file: index.weights[missing] ?? name, tensor: missing)
    }
    shardOfTensor = found
  }

  /// The shape that a tensor is stored with, or nil if there is no such tensor.
  package func shape(of tensor: String) -> [Int]? {
    shardOfTensor[tensor].flatMap { shards[$0].shape(of: tensor) }
  }

  /// The values of one tensor in row-major order; throws `missingTensor` or `unexpectedTensor`.
  package func floats(_ tensor: String, shape: [Int]) throws -> [Float] {
    guard let shard = shardOfTensor[tensor] else { throw ModelError.missingTensor(file: name, tensor: tensor) }
    return try shards[shard].floats(tensor, shape: shape)
  }

  /// The entries of one tensor of bytes in row-major order; throws `missingTensor` or `unexpectedTensor`.
  package func bytes(_ tensor: String, shape: [Int]) throws -> [UInt8] {
    guard let shard = shardOfTensor[tensor] else { throw ModelError.missingTensor(file: name, tensor: tensor) }
    return try shards[shard].bytes(tensor, shape: shape)
  }

  /// A plain name, so that an index cannot lead out of its folder.
  private static func isFileName(_ text: String) -> Bool {
    text.hasSuffix(".safetensors") && !text.hasPrefix(".") && !text.contains("/") && !text.contains("\0")
  }

  private static func misplaced(_ tensor: String, in file: String, found: String, expected: String) -> ModelError {
    .unexpectedTensor(file: file, tensor: tensor, found: found, expected: expected)
  }
}
