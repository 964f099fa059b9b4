/// Where the weights of a model are read from: tensors by name.
///
/// Laws: `tensors` lists every name once; `floats` of a listed name gives as many finite values as its shape asks for,
/// in row-major order, or throws; `floats` of any other name throws `missingTensor`.
package protocol TensorSource: Sendable {
  /// The name used in messages.
  var name: String { get }
  /// The names of all tensors, ascending.
  var tensors: [String] { get }
  /// The shape that a tensor is stored with, or nil if there is no such tensor.
  func shape(of tensor: String) -> [Int]?
  /// The values of one tensor in row-major order; throws `missingTensor`, or `unexpectedTensor` unless its format is
  /// known, it has this shape, and it is finite throughout.
  func floats(_ tensor: String, shape: [Int]) throws -> [Float]
  /// The entries of one tensor of unsigned 8-bit integers in row-major order; throws `missingTensor`, or
  /// `unexpectedTensor` unless it is one and has this shape.
  func bytes(_ tensor: String, shape: [Int]) throws -> [UInt8]
}

extension TensorSource {
  /// No tensor holds 8-bit integers.
  package func bytes(_ tensor: String, shape: [Int]) throws -> [UInt8] {
    guard self.shape(of: tensor) != nil else { throw ModelError.missingTensor(file: name, tensor: tensor) }
    throw ModelError.unexpectedTensor(file: name, tensor: tensor, found: "another format", expected: "packed bytes")
  }
}

extension SafetensorsFile: TensorSource {}
