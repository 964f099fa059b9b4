public import Foundation

/// Where a proof in the making is kept, so that a process that ends can be followed by one that goes on.
///
/// The folder holds secrets: whoever reads it can take the zero-knowledge off the proof. It stays until `remove`.
public enum Checkpoints: Sendable, Equatable {
  /// Nowhere.
  case none
  /// In a folder that is made, or that is empty.
  case starting(in: URL)
  /// In a folder where an earlier run of the same request ended.
  case resuming(in: URL)

  /// The folder, if there is one.
  public var folder: URL? {
    switch self {
    case .none: nil
    case .starting(let folder), .resuming(let folder): folder
    }
  }

  /// Removes the folder with all it holds: for who has made the finished proof durable.
  ///
  /// - Throws: `checkpointInUse`, or `writeFailed` if something is left.
  public func remove() throws {
    guard let folder, FileManager.default.fileExists(atPath: folder.path) else { return }
    try CheckpointFolder.making(folder).remove()
  }
}
