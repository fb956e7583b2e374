/// The release that this is.
public enum SupernetVersion {
  public static let text = "0.1.0"
}
