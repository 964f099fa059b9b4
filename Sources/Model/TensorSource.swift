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
}

extension SafetensorsFile: TensorSource {}
